// Requests to the function, relative to the page: it may lie below a path of its own.

const ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 10;
const STORED_TOKEN = 'segue.token';

/** What requests bear where the function asks for it, for as long as the tab is open. */
const token = {
  value: stored(),
  /** Takes a token, or forgets it for `null`. */
  set(value) {
    this.value = value;
    try {
      if (value === null) sessionStorage.removeItem(STORED_TOKEN);
      else sessionStorage.setItem(STORED_TOKEN, value);
    } catch {
      // A browser that stores nothing asks again when the page is loaded again.
    }
  },
};

function stored() {
  try {
    return sessionStorage.getItem(STORED_TOKEN);
  } catch {
    return null;
  }
}

/** An answer that is not the one hoped for. `kind` is the last word of its problem type, `network` where none came. */
class Failure extends Error {
  constructor(kind, problem = {}) {
    super(problem.detail ?? kind);
    this.kind = kind;
    this.problem = problem;
  }
}

/** What the function answers. A model that is still being loaded is waited for; `waiting` is told of each attempt. */
async function ask(path, parameters = {}, { signal, waiting } = {}) {
  const url = new URL(path, new URL('./', location.href));
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  for (let attempt = 1; ; attempt += 1) {
    const response = await reach(url, signal);
    if (response.ok) return read(response, signal);
    const retryable = response.status === 503 || response.status === 429;
    if (!retryable || attempt === ATTEMPTS) throw await failure(response);
    waiting?.(attempt + 1, ATTEMPTS);
    await pause(response.headers.get('Retry-After'), signal);
  }
}

async function reach(url, signal) {
  const headers = { accept: 'application/json' };
  if (token.value !== null) headers.authorization = `Bearer ${token.value}`;
  try {
    return await fetch(url, { signal, headers });
  } catch (error) {
    throw signal?.aborted ? error : new Failure('network');
  }
}

async function read(response, signal) {
  try {
    return await response.json();
  } catch (error) {
    throw signal?.aborted ? error : new Failure('network');
  }
}

async function failure(response) {
  const problem = await response.json().catch(() => ({}));
  // What stands before the function may refuse a token too, in words of its own.
  if (response.status === 401 || response.status === 403) return new Failure('unauthorized', problem);
  const kind = String(problem.type ?? '').split(':').pop();
  return new Failure(kind || (response.status === 503 ? 'model-unavailable' : 'internal'), problem);
}

function pause(retryAfter, signal) {
  const seconds = Math.min(Number.parseInt(retryAfter, 10) || 1, LONGEST_WAIT_SECONDS);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    }, { once: true });
  });
}

