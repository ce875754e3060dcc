// Messages on a candidate's page that has no socket, such as check-in.

import { openTalk } from "./talk_room.js";

openTalk();
