// The page of announcements: keeps the numbers of readers up to date while it is looked at.

import { Announced } from "./announced.js";

const ROUND_MS = 5000;
const announced = new Announced(document.querySelector("[data-announced]"));

setInterval(() => !document.hidden && announced.plan(), ROUND_MS);
