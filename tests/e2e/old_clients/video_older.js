// The page of commit a4d1994: frames as multipart forms; it reads `success` and everything else in `report`.
async function post(path, options) {
  return (await fetch(`${given.api}/api${path}`, {method: 'POST', ...options})).json();
}
(async () => {
  const headers = {'Content-Type': 'application/json'};
  const session = await post('/sessions/start', {headers, body: JSON.stringify({job_data: {}})});
  for (const url of given.frames.slice(0, 2)) {
    const form = new FormData();
    form.append('frame', await (await fetch(url)).blob(), 'frame.jpg');
    await post(`/sessions/${session.session_id}/frame`, {body: form});
  }
  const end = await post(`/sessions/${session.session_id}/end`, {headers, body: '{}'});
  if (!end.success || !end.report) throw new Error('no report');
  document.getElementById('report').textContent = JSON.stringify({
    frames_analyzed: end.report.session_summary.frames_analyzed,
    llm: end.report.analysis_metadata.llm_enhanced, alerts: end.report.alert_history.length});
})();
