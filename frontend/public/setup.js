// Signs up the first owner. A file of its own: the content security policy allows no script inside a page.
const form = document.getElementById('setup');
const answer = document.getElementById('answer');
const button = form.querySelector('button');

form.elements.setupCode.value = new URLSearchParams(location.search).get('code') ?? '';

/** What went wrong, in the API's words: the fields at fault, else the problem as a whole. */
function explain(problem) {
  const fields = (problem.errors ?? []).map(({ path, message }) => `${path.split('/').at(-1)} ${message}.`);
  return fields.length > 0 ? fields.join(' ') : (problem.detail ?? problem.title ?? 'It did not work.');
}

async function signUp() {
  const filled = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));
  const response = await fetch('/api/v1/registrations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(filled),
  });
  if (!response.ok) throw new Error(explain(await response.json()));
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!form.reportValidity()) return;
  button.disabled = true;
  answer.textContent = 'Signing up …';
  signUp().then(
    () => {
      form.replaceChildren(answer);
      answer.textContent = 'Done: you own this instance now. Sign in through the API explorer at /api/docs.';
    },
    (error) => {
      button.disabled = false;
      answer.textContent = `${error.message} Nothing was changed; put it right and try again.`;
    },
  );
});
