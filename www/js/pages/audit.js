import { auditDetail } from '../audit.js';
import { page } from '../resource.js';
import { instant, plain, word } from '../words.js';

page({
	name: 'audit',
	title: 'Audit',
	one: 'entry',
	lead: 'Who changed what, and when.',
	titleOf: (data) => `${word(data.action)} ${data.object.name ?? ''}`,
	columns: [{ name: 'created_at', label: 'When', show: instant },
		{ name: 'actor.name', label: 'Who', show: plain },
		{ name: 'action', show: word },
		{ name: 'object.type', label: 'What', show: word },
		{ name: 'object.name', label: 'Name', show: plain },
		{ name: 'remote', label: 'From', show: plain }],
	empty: ['Nothing was changed yet', 'Every change is listed here.'],
	detail: auditDetail,
});
