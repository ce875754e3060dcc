// POST that survives a new sign-in in another tab, which changes the security token of every open page.

import { ApiError, csrfToken, postJSON } from "../shared/http.js";

/** As postJSON; when the token is refused, reads a fresh one and tries once more. 401 when nobody is signed in. */
export function postRenewing(url, body = {}) {
  return renewing(() => postJSON(url, body));
}

/** The same for any request: `post` sends it, and reads the token anew each time. */
export async function renewing(post) {
  try {
    return await post();
  } catch (error) {
    if (error.status !== 403 || !(await renewToken())) throw error;
    return post();
  }
}

/** Reads the token from this page's own address. False when it is the one that is known. */
async function renewToken() {
  const response = await fetch(location.href, { credentials: "same-origin" });
  if (response.redirected) {
    throw new ApiError({ status: 401, code: "not_signed_in", detail: "You are signed out. Sign in again in a new tab." });
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector('meta[name="csrf-token"]')?.content;
  if (!response.ok || !fresh || fresh === csrfToken()) return false;
  document.querySelector('meta[name="csrf-token"]').content = fresh;
  return true;
}
