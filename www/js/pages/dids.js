import { h } from '../dom.js';
import { target } from '../refers.js';
import { page } from '../resource.js';
import { instant, number, plain, state, yes } from '../words.js';

page({
	name: 'dids',
	title: 'Numbers',
	one: 'number',
	lead: 'Your telephone numbers, and where each of them leads.',
	columns: [{ name: 'number', show: number }, { name: 'name', show: plain },
		{ name: 'target', label: 'Leads to', show: target },
		{ name: 'status', show: state },
		{ name: 'record', label: 'Recorded', show: yes }],
	empty: ['No numbers yet', 'Claim a number that your carrier gave you: ' +
		'the first call to it proves that it is yours. Or ask your ' +
		'provider to assign one.'],
	does: { warns: 'Who calls it reaches the default target of the settings, ' +
		'or hears that it is not in service.' },
	parts: [['Number', ['number', 'name', 'status', 'caller_name_prefix']],
		['Where it leads', ['target']],
		['Recording', ['record', 'announcement']]],
	fixed: ['number'],
	facts: (data) => [['Proved', instant(data.proved_at)],
		['Its calls', h('a', { href: `/call-flow.html?number=${
			encodeURIComponent(data.number)}` }, 'Every way they can take')],
		['Tried out', h('a', { href: `/simulator.html?to=${
			encodeURIComponent(data.number)}` }, 'Simulate a call')]],
});
