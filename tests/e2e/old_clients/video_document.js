// The newest VideoProctoring page with a document: its token begins one session and no second one.
async function call(path, body) {
  const answer = await fetch(`${given.api}/api${path}`, {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  return answer.json();
}
(async () => {
  const told = await call('/verify-document', {
    document: given.frames[0], live_face: given.frames[1], document_type: 'passport', candidate_name: 'Carla'});
  const begun = await call('/sessions/start', {verification_token: told.verification_token});
  await call(`/sessions/${begun.session_id}/end`, {});
  const again = await call('/sessions/start', {verification_token: told.verification_token});
  document.getElementById('report').textContent = JSON.stringify({
    verified: told.verified, document_verified: begun.document_verified, again: again.code});
})();
