import { calendar } from '../calendar.js';
import { openNow } from '../hours.js';
import { target } from '../refers.js';
import { page } from '../resource.js';
import { days, week } from '../week.js';
import { plain, state } from '../words.js';
import { zones } from '../zones.js';

page({
	name: 'business-hours',
	title: 'Business hours',
	one: 'schedule',
	lead: 'When calls go where: a week, exceptions to it, and an override.',
	columns: [{ name: 'name' },
		{ name: 'timezone', show: (zone) => plain(zone ?? 'Organization’s') },
		{ name: 'open', label: 'While open', show: target },
		{ name: 'closed', label: 'While closed', show: target },
		{ name: 'override.state', label: 'Override', show: state }],
	empty: ['No schedules yet', 'Make one to send calls elsewhere at night, ' +
		'at weekends and on holidays.'],
	parts: [['Schedule', ['name', 'timezone']], ['Week', ['periods']],
		['Where calls go', ['open', 'closed', 'exception']],
		['Exceptions', ['exceptions']]],
	hide: ['override'],
	fields: { 'periods.day': { words: days, help: '' }, timezone: zones(),
	open: { label: 'While open' }, closed: { label: 'While closed' },
	exception: { label: 'On exceptions' },
	periods: { above: week, loose: true,
		help: 'In the time of the schedule; 24:00 is midnight.' },
	exceptions: { above: calendar },
	'exceptions.periods': { loose: true } },
	begin: { periods: [1, 2, 3, 4, 5].map((day) =>
		({ day, from: '09:00', to: '17:00' })) },
	aside: openNow,
});
