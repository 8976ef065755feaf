/* What is asked of the responders, and what they answer. */

/* A refusal: status, code, message, errors by field, references. */
export class Problem extends Error {
	constructor(status, body, retry) {
		super(body.message ?? 'The server gave no answer that can be read.');
		this.status = status;
		this.code = body.code ?? '';
		this.errors = body.errors ?? {};
		this.references = body.references ?? [];
		this.retry = retry;
	}
}

const AWAY = { message: 'The server cannot be reached. What you typed ' +
	'stays: try again in a moment.' };

const SIGNED_OUT = { message: 'You were signed out. Sign in in another ' +
	'tab, then try again here: what you typed stays.' };
const SOMEBODY_ELSE = { message: 'Somebody else is signed in here by now: ' +
	'nothing was changed.' };

let signedIn = null;
/* For whom this page was made. */
let begun = null;
const person = ({ user, organization }) => `${organization?.id} ${user.id}`;

/* Who is signed in, asked once a page; more: { door: true } if nobody may be. */
export function session(more) {
	signedIn ??= ask('GET', 'session', more).then(({ data }) => {
		begun ??= person(data);
		return data;
	}, (problem) => {
		signedIn = null;
		throw problem;
	});
	return signedIn;
}

/* Who changes something: still the one for whom this page was made. */
async function changer() {
	const now = await session({ door: true }).catch((problem) => {
		throw problem.status === 401 ? new Problem(401, SIGNED_OUT) : problem;
	});
	if (person(now) !== begun)
		throw new Problem(403, SOMEBODY_ELSE);
	return now;
}

/* Where one came back to by Back: whoever is here by now sees the own pages. */
addEventListener('pageshow', async ({ persisted }) => {
	if (!persisted || begun === null)
		return;
	signedIn = null;
	const now = await session({ door: true }).catch((problem) => problem);
	if (now.status === 401 || (now.user && person(now) !== begun))
		location.reload();
});

function toSignIn() {
	const next = location.pathname + location.search;
	location.replace(`/sign-in.html?next=${encodeURIComponent(next)}`);
	/* The page goes: whoever waits for the answer waits for good. */
	return new Promise(() => {});
}

async function send(method, path, { body, match, form, key } = {}) {
	const headers = { Accept: 'application/json' };
	if (form === undefined && body !== undefined)
		headers['Content-Type'] = 'application/json';
	if (match)
		headers['If-Match'] = match;
	if (key)
		headers['Idempotency-Key'] = key;
	if (method !== 'GET' && signedIn !== null)
		headers['X-CSRF-Token'] = (await signedIn).csrf_token;
	try {
		return await fetch(`/cgi-bin/${path}`, { method, headers,
			body: form ?? (body && JSON.stringify(body)) });
	} catch {
		throw new Problem(0, AWAY);
	}
}

/* Nobody is sent away from what is typed. */
async function change(method, path, more) {
	const before = await changer();
	const answer = await send(method, path, more);
	if (answer.status === 401 || answer.status === 403)
		signedIn = null;
	/* Signed out and in again meanwhile: the token is another one. */
	return answer.status === 403 &&
		(await changer()).csrf_token !== before.csrf_token
		? send(method, path, more) : answer;
}

/*
 * { data, meta, etag } of an answer, or a Problem.  more: body or form, match:
 * an ETag, key: one of onceKey() for what shall be done once however often it
 * is sent.
 */
export async function ask(method, path, more) {
	const changes = method !== 'GET' && !(more?.door && path === 'session');
	const answer = await (changes ? change : send)(method, path, more);
	if (answer.status === 401 && !more?.door) {
		if (changes)
			throw new Problem(401, SIGNED_OUT);
		return toSignIn();
	}
	const etag = answer.headers.get('ETag');
	if (answer.status === 204)
		return { data: null, meta: null, etag };
	const json = await answer.json().catch(() => null);
	if (!answer.ok || json === null)
		throw new Problem(answer.status, json ?? {},
			answer.headers.get('Retry-After'));
	return { data: json.data, meta: json.meta, etag };
}

/* As randomUUID(), which is for pages of https alone. */
export const onceKey = () => [...crypto.getRandomValues(new Uint8Array(16))]
	.map((each) => each.toString(16).padStart(2, '0')).join('');

/* "?a=1&b=2" of what has a value. */
export function query(values) {
	const found = new URLSearchParams();
	for (const [name, value] of Object.entries(values))
		if (value !== null && value !== undefined && value !== '')
			found.append(name, value);
	const text = found.toString();
	return text === '' ? '' : `?${text}`;
}
