/* Is it open now, and until when it shall be otherwise. */
import { ask } from './api.js';
import { h } from './dom.js';
import { labelled, makers } from './fields.js';
import { press } from './press.js';
import { target } from './refers.js';
import { toast } from './toast.js';
import { instantIn, state, word } from './words.js';

const inHours = (n) => new Date(Date.now() + 36e5 * n).toISOString();

/* An override, by its end. */
function asks(data, draw) {
	const which = makers.choice({ enum: ['open', 'closed'] }, '', {
		words: { open: 'Open', closed: 'Closed' } });
	const until = makers.instant({}, null, { zone: data.timezone });
	const fields = { override: labelled('Override', which, {}),
		until: labelled('Until', until, { required: true }) };
	which.set('closed');
	until.set(inHours(4));
	const form = h('form', { novalidate: true }, Object.values(fields).map(
		(one) => one.element), h('button', { type: 'submit', class: 'plain' },
		'Override'));
	const override = press(async () => {
		if (fields.until.check() > 0)
			return;
		try {
			await ask('POST', `business-hours/${data.id}/override`, { body: {
				override: which.get(), until: until.get() } });
			toast(`${word(which.get())} until ${instantIn(data.timezone,
				until.get()).textContent}`);
			await draw();
		} catch (problem) {
			if (Object.keys(problem.errors ?? {}).length === 0)
				throw problem;
			const errors = { ...problem.errors };
			for (const [name, one] of Object.entries(fields))
				one.complain(errors, name);
		}
	});
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		override();
	});
	return form;
}

/* For the side of a schedule's form. */
export function openNow(data, draw, can) {
	const now = h('div', { class: 'now' }, '…');
	const { override } = data;
	ask('GET', `business-hours/${data.id}/status`, { door: true }).then((
		{ data: at }) =>
		now.replaceChildren(h('p', {}, state(at.open ? 'open' : 'closed'),
			override.state ? ' (overridden)' : at.exception
				? ` (${at.exception})` : ''),
		h('p', {}, 'Calls go to ', target(at.target)),
		h('p', { class: 'help' }, 'Until ',
			instantIn(data.timezone, at.next_change_at))),
	(problem) => now.replaceChildren(problem.message));

	const follow = press(async () => {
		await ask('DELETE', `business-hours/${data.id}/override`);
		await draw();
	});
	return [h('h2', {}, 'Open now?'), now, !can.does('override') ? null
		: override.state ? h('div', { class: 'acts' }, h('button', {
			type: 'button', class: 'plain', onclick: follow },
		'Follow the schedule again')) : asks(data, draw)];
}
