/* What a carrier asks and tells while somebody looks. */
import assert from 'node:assert/strict';
import { base } from './browser.mjs';

async function post(path, said) {
	const answer = await fetch(`${base}/cgi-bin/${path}`, { method: 'POST',
		headers: { Authorization: `Bearer ${process.env.VOICE_KEY}`,
			'Content-Type': 'application/json' },
		body: JSON.stringify({ Domain: process.env.DOMAIN, ...said }) });
	assert.equal(answer.status, 200, path);
	return answer.text();
}

export const key = () => crypto.randomUUID();

/* A call from outside; ends with what names it. */
export async function call(from, to, more = {}) {
	const session = key();
	await post('voice', { Direction: 'inbound', From: from, To: to,
		Session: session, ...more });
	return session;
}

export const tell = (session, status) => post('webhook/session-update',
	{ token: session, status, eventId: key() });
