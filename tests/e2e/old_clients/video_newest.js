// The newest VideoProctoring page: start, register a face, frames once each, end; it reads `status`, then `report`.
async function call(path, body) {
  const answer = await fetch(`${given.api}/api${path}`, {
    method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body || {})});
  return answer.json();
}
(async () => {
  const session = await call('/sessions/start', {job_data: {candidateName: 'Carla Cole', jobTitle: 'Clerk'}});
  const base = `/sessions/${session.session_id}`;
  const face = await call(`${base}/register-face`, {face: given.frames[0]});
  let frames = 0;
  for (const frame of given.frames.slice(1)) {
    const told = await call(`${base}/frame`, {frame});
    if (told.success && !told.result.error && told.result.face_count === 1) frames += 1;
  }
  const last = await call(`${base}/frame`, {frame: given.two});
  frames += last.result.face_count === 2 ? 1 : 0;
  const end = await call(`${base}/end`, {questionsWithAnswer: []});
  const shown = end.status === 'success' ? 'status' : end.report ? 'report' : 'nothing';
  for (const part of Object.values(end.performanceBreakdown)) part.summary.toLowerCase();
  document.getElementById('report').textContent = JSON.stringify({
    registered: face.success, shown, frames, analysed: end.session_metadata.total_frames_analyzed,
    alerts: end.alert_history.map((each) => each.type)});
})();
