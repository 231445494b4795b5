import { asker, type Caller } from '../api/asker.js';
import { get, post, remove } from '../api/request.js';

type SessionAnswer = { readonly open: true } | ({ readonly open: false } & Caller);

const RETRY_MS = 1_000;

const learn = (answer: SessionAnswer) => {
  asker.value = answer.open ? 'anybody' : answer;
};

/** Asks phid who looks, until it has said so. */
export async function askWhoLooks(): Promise<void> {
  try {
    learn(await get<SessionAnswer>('/session'));
  } catch {
    // Refused is an answer, too.
    if (asker.peek() === 'unknown') setTimeout(() => void askWhoLooks(), RETRY_MS);
  }
}

/** Lets the browser keep a token, in a cookie that no script can read. Throws ApiError. */
export async function signIn(token: string): Promise<void> {
  learn(await post<SessionAnswer>('/session', { token }));
}

/** Lets it forget the token, and this page all that it has been told. Throws ApiError. */
export async function signOut(): Promise<void> {
  await remove('/session');
  location.reload();
}
