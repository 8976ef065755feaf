/* Where calls to a number go: a picture, a list, by day and by night. */
import { ask, Problem, query } from '../api.js';
import { suggestions } from '../ask.js';
import { h } from '../dom.js';
import { half, labelled } from '../fields.js';
import { flowList } from '../flow-list.js';
import { picture } from '../flow-picture.js';
import { viewer } from '../flow-view.js';
import { mermaid } from '../flow-words.js';
import { moments, onTheClock } from '../moments.js';
import { title } from '../refers.js';
import { head, start } from '../start.js';
import { alone, save } from '../svg.js';

const control = (input) => ({ element: input, input,
	get: () => input.value.trim(),
	set: (value) => { input.value = value ?? ''; } });

const button = (text, run) => h('button', { type: 'button', class: 'plain',
	onclick: run }, text);

/* The organization's own numbers, to begin with. */
async function first() {
	const { data } = await ask('GET', 'dids?per_page=12&sort=number');
	return [h('div', { class: 'card empty' },
		h('h2', {}, data.length > 0 ? 'Which number?' : 'No numbers yet'),
		h('p', {}, data.length > 0 ? 'See every way that a call to it can ' +
			'take, and which it takes now, tonight or at Christmas.'
			: 'Type an extension above. Your provider assigns numbers.'),
		h('div', { class: 'choices' }, data.map((each) => h('a', {
			class: 'go plain', href: `?number=${encodeURIComponent(
				each.number)}` }, title(each)))))];
}

function exports(flow, drawn) {
	const name = `call-flow-${flow.number.replaceAll(/[^0-9a-z]/gi, '')}`;
	return h('div', { class: 'exports' },
		button('Save as SVG', () => save(`${name}.svg`, 'image/svg+xml',
			alone(drawn.element, drawn.box))),
		button('Save as Mermaid', () => save(`${name}.mmd`, 'text/plain',
			mermaid(flow))),
		h('a', { class: 'go plain', href: `/simulator.html?to=${
			encodeURIComponent(flow.number)}` }, 'Simulate a call'));
}

const inShort = (flow, zone) => `Calls to ${flow.number} on ${
	onTheClock(zone, flow.at)}. What is dashed is not taken then.${
	flow.cut ? ' There is more than can be shown.' : ''}`;

function shown(flow) {
	const drawn = picture(flow);
	return [h('section', { class: 'card', 'aria-label': 'Picture' },
		viewer(drawn.element, drawn.box)), exports(flow, drawn),
	h('section', { class: 'card inside' }, h('h2', {}, 'As a list'),
		flowList(flow))];
}

function flow(place, zone) {
	const number = labelled('Number', control(h('input', { type: 'text',
		list: 'numbers', autocomplete: 'off' })), { required: true });
	const when = control(h('input', { type: 'datetime-local' }));
	const at = labelled('At', { ...when, wrong: () => half(when.input) },
		{ help: `On the clock of ${zone}.` });
	/* Heard only if it is there before its words. */
	const short = h('p', { class: 'lead', role: 'status' });
	const said = h('div', { class: 'said' });
	let drawn = 0;

	async function draw() {
		const mine = (drawn += 1);
		const here = new URLSearchParams(location.search);
		number.set(here.get('number'));
		at.set(here.get('at'));
		const of = async () => {
			const { data } = await ask('GET', `simulate/flow${query({
				number: here.get('number'), at: here.get('at') })}`);
			return [inShort(data, zone), shown(data)];
		};
		try {
			const [text, found] = here.get('number') ? await of()
				: ['', await first()];
			if (mine !== drawn)
				return;
			short.textContent = text;
			said.replaceChildren(...found);
		} catch (problem) {
			if (!(problem instanceof Problem))
				throw problem;
			if (mine !== drawn)
				return;
			const errors = { ...problem.errors };
			number.complain(errors, 'number');
			at.complain(errors, 'at');
			short.textContent = '';
			said.replaceChildren(h('div', { class: 'alert', role: 'alert' },
				problem.message));
		}
	}

	function go() {
		if (number.check() + at.check() > 0) {
			form.querySelector('[aria-invalid="true"]').focus();
			return;
		}
		history.pushState(null, '', query({ number: number.get(),
			at: at.get() }));
		draw();
	}

	const form = h('form', { class: 'where', novalidate: true,
		onsubmit(event) {
			event.preventDefault();
			go();
		} }, number.element, at.element,
	h('div', { class: 'times', role: 'group', 'aria-label': 'When' },
		moments(zone).map(([name, of]) => h('button', { type: 'button',
			class: 'chip', onclick() {
				at.set(of());
				go();
			} }, name))), h('button', { type: 'submit' }, 'Show'),
	suggestions('numbers'));
	addEventListener('popstate', draw);
	place.replaceChildren(head('Call flow'), form, short, said);
	return draw();
}

start('call-flow', 'Call flow', (place, { organization }) =>
	flow(place, organization.timezone));
