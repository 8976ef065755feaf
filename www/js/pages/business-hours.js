import { ask } from '../api.js';
import { calendar } from '../calendar.js';
import { labelled, makers } from '../fields.js';
import { openNow } from '../hours.js';
import { target } from '../refers.js';
import { dialog } from '../remove.js';
import { page } from '../resource.js';
import { days, week } from '../week.js';
import { plain, state } from '../words.js';
import { zones } from '../zones.js';

/* The same hours by another name. */
async function duplicate({ id, name }) {
	const wanted = labelled('Name', makers.text({}, '', {}),
		{ required: true });
	wanted.set(`Copy of ${name}`.slice(0, 100));
	while (await dialog(`Duplicate ${name}`, wanted.element,
		[['Cancel', null, 'plain'], ['Duplicate', true, '']])) {
		if (wanted.check() > 0)
			continue;
		try {
			const { data } = await ask('POST', `business-hours/${id}/duplicate`,
				{ body: { name: wanted.get() } });
			location.assign(`?id=${data.id}`);
			return;
		} catch (problem) {
			if (!problem.errors?.name)
				throw problem;
			wanted.complain({ ...problem.errors }, 'name');
		}
	}
}

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
	actions: [{ path: 'duplicate', text: 'Duplicate', run: duplicate }],
});
