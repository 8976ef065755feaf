/* What would happen to a call: its legs, the reasons, what the carrier is sent. */
import { ask, Problem } from '../api.js';
import { question } from '../ask.js';
import { cxml } from '../cxml.js';
import { h } from '../dom.js';
import { onTheClock } from '../moments.js';
import { redraw } from '../redraw.js';
import { capital, step } from '../simulated.js';
import { head, start } from '../start.js';
import { inline, word } from '../words.js';

const legs = (data) => data.legs.map((leg, i) => h('li', { class: 'stop' },
	h('h2', {}, i === 0 ? 'The call comes in'
		: capital(data.legs[i - 1].happens ?? 'The carrier comes back')),
	leg.loop ? h('p', { class: 'complaint' }, `A loop: ${leg.loop}`) : null,
	h('ol', { class: 'why' }, leg.steps.map(step)), cxml(leg.document)));

const button = (text, run) => h('button', { type: 'button', class: 'plain',
	onclick: run }, text);

const dialled = [['busy', 'Is busy'], ['no-answer', 'Does not answer'],
	['completed', 'Answers'], ['failed', 'Cannot be reached'],
	['canceled', 'The caller gives up']];

/* What can happen next where the call waits for something. */
function ways(data, asked, place) {
	const proceed = (each) => asked.proceed([...asked.then(), each]);
	const waits = data.ends.startsWith('the call waits for');
	if (!waits)
		return;
	if (data.ends.endsWith('a message to be left')) {
		place.append(button('A message is left', () => proceed('recorded')));
		return;
	}
	if (!data.ends.endsWith('digits')) {
		place.append(...dialled.map(([value, text]) =>
			button(text, () => proceed(value))));
		return;
	}
	const menu = data.legs.at(-1).steps.findLast((each) =>
		each.object?.type === 'ivr_menu')?.object;
	const digits = h('input', { type: 'text', inputmode: 'numeric', size: 6,
		'aria-label': 'Digits', placeholder: 'Digits' });
	const press = () => digits.value.trim() &&
		proceed(`digits=${digits.value.trim()}`);
	digits.addEventListener('keydown', (event) =>
		event.key === 'Enter' && press());
	place.append(button('Nothing is pressed', () => proceed('silence')),
		h('span', { class: 'press' }, digits, button('Press', press)));
	if (menu)
		ask('GET', `ivr-menus/${menu.id}`).then((answer) =>
			place.prepend(...answer.data.options.map((each) =>
				button(`Press ${each.digits}${each.label
					? `: ${each.label}` : ''}`,
				() => proceed(`digits=${each.digits}`)))), () => {});
}

function outcome(data, asked) {
	const next = h('div', { class: 'next' });
	const then = asked.then();
	ways(data, asked, next);
	if (then.length > 0)
		next.append(button('One step back', () =>
			asked.proceed(then.slice(0, -1))));
	return h('ol', { class: 'stops' }, legs(data), h('li',
		{ class: 'stop end' }, h('h2', {}, capital(data.ends)), next));
}

const inShort = (data, zone) => `${word(data.direction)} call on ${
	onTheClock(zone, data.at)}: ${data.legs.length === 1
	? 'the carrier asks once' : `the carrier asks ${
		data.legs.length} times`}, then ${data.ends}.`;

const first = () => h('div', { class: 'card empty' },
	h('h2', {}, 'What would happen?'),
	h('p', {}, 'Say who calls whom, and when. Nothing rings: you see each ' +
		'decision, its reason, and what the carrier would be sent.'));

function simulator(place, zone) {
	/* Heard only if it is there before its words. */
	const short = h('p', { class: 'lead', role: 'status' });
	const shown = h('div', {});
	const said = h('div', { class: 'said' }, short, shown);
	let drawn = 0;

	/* Who chose what happens goes on from there. */
	function show(data) {
		const inside = shown.contains(document.activeElement);
		short.textContent = inShort(data, zone);
		redraw(shown, outcome(data, asked));
		if (inside && !document.activeElement.closest('.next'))
			shown.querySelector('.next button')?.focus();
	}

	function showOnly(element) {
		short.textContent = '';
		shown.replaceChildren(element);
	}

	async function run() {
		const mine = (drawn += 1);
		try {
			const { data } = await ask('POST', 'simulate',
				{ body: asked.body() });
			if (mine !== drawn)
				return;
			asked.complain({});
			show(data);
		} catch (problem) {
			if (!(problem instanceof Problem))
				throw problem;
			if (mine !== drawn)
				return;
			const left = Object.entries(asked.complain(problem.errors));
			showOnly(h('div', { class: 'alert',
				role: 'alert', tabindex: '-1' }, problem.message, left.length > 0
				? h('ul', {}, left.map(([name, texts]) => h('li', {},
					`${inline(name)}: ${texts.join('; ')}`))) : null));
			(asked.element.querySelector('[aria-invalid="true"]') ??
				shown.firstChild).focus();
		}
	}

	const asked = question(zone, () => {
		history.pushState(null, '', `?${asked.query()}`);
		run();
	});
	const read = () => {
		if (asked.read(new URLSearchParams(location.search)))
			return run();
		showOnly(first());
		return null;
	};
	addEventListener('popstate', read);
	place.replaceChildren(head('Simulator'), h('div', { class: 'trial' },
		asked.element, said));
	return read();
}

start('simulator', 'Simulator', (place, { organization }) =>
	simulator(place, organization.timezone));
