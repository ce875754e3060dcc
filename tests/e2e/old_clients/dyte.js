// The pages of the Dyte tutorial, parts 1 and 2: addresses without a slash, with one, and below /api.
async function post(path, body) {
  return fetch(`${given.api}${path}`, {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
}
(async () => {
  const made = await (await post('/meetings', {title: 'Joint Entrance Examination'})).json();
  const meeting_id = made.data.id;
  const joined = await post(`/meetings/${meeting_id}/participants`, {
    name: 'Carla', preset_name: 'group_call_host', meeting_id});
  const data = JSON.parse((await joined.json()).detail).data;
  const is_admin = [];
  for (const admin_id of [made.admin_id, 'x'.repeat(32)]) {
    is_admin.push((await (await post('/is_admin', {admin_id, meeting_id})).json()).admin);
  }
  const who = {participant_id: data.id, participant_name: 'Carla', meeting_id};
  const warned = [];
  const urls = [];
  for (const [path, picture] of [
    ['/detect_faces', given.frames[0]], ['/detect_faces/', given.two], ['/api/detect_faces', given.two]]) {
    const told = await (await post(path, {base64_img: picture, ...who})).json();
    warned.push(told.multiple_detected);
    if (told.multiple_detected) urls.push(told.url);
  }
  const rows = await (await post('/multiple_faces_list', {meeting_id, admin_id: made.admin_id})).json();
  const picture = await fetch(rows[0][3].replace(/^https?:\/\/[^/]+/, new URL(given.api).origin));
  const stranger = await post('/multiple_faces_list', {meeting_id, admin_id: 'x'.repeat(32)});
  const refused = [stranger.status, (await stranger.json()).detail];
  document.getElementById('report').textContent = JSON.stringify({
    token: data.token, link: data.link, is_admin, warned, urls,
    row: rows[0][4].split('<>').map((part) => part.trim()),
    picture: picture.headers.get('content-type'), refused});
})();
