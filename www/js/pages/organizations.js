import { ask, session } from '../api.js';
import { h } from '../dom.js';
import { labelled, makers } from '../fields.js';
import { trunks } from '../listed.js';
import { press } from '../press.js';
import { dialog } from '../remove.js';
import { page } from '../resource.js';
import { copyable } from '../secret.js';
import { toast } from '../toast.js';
import { inline, instant, none, plain, state } from '../words.js';
import { zones } from '../zones.js';

/* What a tenant says of itself. */
const own = ['name', 'timezone', 'caller_id', 'emergency_trunk',
	'emergency_did'];

const facts = (rows) => h('dl', { class: 'facts' }, rows.map(([name, value]) =>
	[h('dt', {}, name), h('dd', {}, value)]));

/* What the operator does for a tenant: its numbers. */
function numbers(data) {
	const path = `dids?organization_id=${data.id}`;
	const list = h('ul', { class: 'plain-list' });
	const made = makers.text({}, '', {});
	const number = labelled('Assign a number', made, { required: true,
		help: 'like +12125550100; proved at once' });
	const form = h('form', { novalidate: true }, number.element,
		h('button', { type: 'submit', class: 'plain' }, 'Assign'));

	async function draw() {
		const answer = await ask('GET', `${path}&per_page=100`);
		const more = answer.meta.total - answer.data.length;
		list.replaceChildren(...answer.data.map((each) => h('li', {},
			h('span', { class: 'num' }, each.number), ' ', each.proved_at
				? null : h('button', { type: 'button', class: 'plain',
					onclick: press(() => ask('POST', `dids/${each.id}/prove` +
						`?organization_id=${data.id}`).then(draw)) },
				`Confirm ${each.number}`), ' ',
			h('button', { type: 'button', class: 'plain',
				onclick: press(() => takeBack(each)) },
			`Remove ${each.number}`))));
		if (answer.data.length === 0)
			list.append(h('li', {}, none('None yet.')));
		if (more > 0)
			list.append(h('li', {}, none(`and ${more} more`)));
	}

	async function takeBack({ id, number }) {
		if (!await dialog(`Remove ${number}?`, h('p', {}, 'Who calls it ' +
			`does not reach ${data.name} any more.`),
		[['Keep it', null, 'plain'], ['Remove', true, 'danger']]))
			return;
		try {
			await ask('DELETE', `dids/${id}?organization_id=${data.id}`);
		} catch (problem) {
			const users = problem.references?.map((each) =>
				`${inline(each.type)} ${each.name}`) ?? [];
			if (users.length === 0)
				throw problem;
			toast(`${problem.message} It is used by: ${users.join(', ')}.`);
			return;
		}
		toast(`${number} is removed`);
		await draw();
		list.querySelector('button')?.focus();
	}

	const assign = press(async () => {
		if (number.check() > 0)
			return;
		try {
			await ask('POST', path, { body: { number: made.get() } });
			number.set('');
			await draw();
		} catch (problem) {
			if (!problem.errors?.number)
				throw problem;
			number.complain({ ...problem.errors }, 'number');
		}
	});
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		assign();
	});
	draw().catch((problem) => list.replaceChildren(
		h('li', {}, problem.message)));
	return [h('h2', {}, 'Numbers'), list, form];
}

/* Without an answer the page says why, as every page does. */
const { user, organization } = await session().catch(() => ({}));
const runs = user?.role === 'operator';
/* A tenant's own people have one. */
if (organization && !runs && !location.search.includes('id='))
	history.replaceState(null, '', `?id=${organization.id}`);

page({
	name: 'organizations',
	title: 'Organizations',
	one: 'organization',
	lead: 'The tenants of this exchange.',
	columns: [{ name: 'name' }, { name: 'slug', label: 'Short name' },
		{ name: 'domain', show: plain }, { name: 'country' },
		{ name: 'timezone' }, { name: 'status', show: state },
		{ name: 'created_at', label: 'Since', show: instant }],
	empty: ['No organizations yet', 'Make one: it begins with its owner, who ' +
		'gets in by a link that you are shown once.'],
	parts: [['Organization', ['name', 'slug', 'country', 'timezone',
		'status']], ['Owner', ['owner']],
	['Calls outside', ['caller_id', 'emergency_did', 'emergency_trunk']],
	['At the carrier', ['domain', 'domain_uuid']],
	['Limits', ['limits']]],
	hide: ['settings', ...runs ? ['caller_id', 'emergency_did'] : []],
	own: () => runs ? null : user.role === 'owner' ? own : [],
	ownHide: [],
	alone: !runs,
	fields: { slug: { label: 'Short name' }, timezone: zones(),
		emergency_trunk: runs ? {} : trunks() },
	begin: { country: 'US', limits: { extensions: 0, dids: 0,
		concurrent_calls: 0, storage_mb: 0 }, timezone: Intl.DateTimeFormat()
		.resolvedOptions().timeZone },
	aside: (data) => runs ? numbers(data) : null,
	does: { warns: 'Its people are shut out and its calls fail at once, those ' +
		'to emergency numbers, too.' },
	actions: [{ path: 'suspend', text: 'Suspend',
		if: (data) => data.status === 'active',
		asks: 'Its people are not let in, and nothing but emergency calls ' +
			'gets through, until it is resumed.',
		done: 'It reaches emergency numbers only now' },
	{ path: 'resume', text: 'Resume',
		if: (data) => data.status !== 'active', done: 'It works again' }],
	made: (data) => h('section', { class: 'part' },
		h('h2', {}, 'Copy these now'),
		h('p', {}, 'They are shown this once, and never again. The owner ' +
			'gets in by the link, which is good for an hour.'),
		facts([['Link for the owner', copyable(data.owner_link)],
			['Voice key', copyable(data.voice_key)],
			['Webhook secret', copyable(data.webhook_secret)]]),
		h('p', {}, h('a', { class: 'go',
			href: `/organizations.html?id=${data.id}` }, 'Done'))),
});
