// A page that goes in the middle: `beforeunload` sends a beacon without a body, and once more with pagehide.
(async () => {
  const answer = await fetch(`${given.api}/api/sessions/start`, {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'});
  const session = await answer.json();
  const gone = () => navigator.sendBeacon(`${given.api}/api/sessions/${session.session_id}/end`);
  window.addEventListener('beforeunload', gone);
  window.addEventListener('pagehide', gone);
  document.getElementById('report').textContent = JSON.stringify({session_id: session.session_id});
})();
