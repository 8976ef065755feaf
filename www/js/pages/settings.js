import { ask } from '../api.js';
import { h } from '../dom.js';
import { form } from '../form.js';
import { voices } from '../listed.js';
import { press } from '../press.js';
import { dialog } from '../remove.js';
import { resource } from '../schema.js';
import { copyable } from '../secret.js';
import { head, start } from '../start.js';
import { toast } from '../toast.js';
import { instant, state, word } from '../words.js';

const describes = {
	hide: ['webhook_secret', 'voice_keys'],
	parts: [['Calls', ['default_ring_timeout', 'voice', 'language',
		'default_target', 'forward_caller_number']],
	['Carrier', ['carrier', 'carrier_api_key', 'base_url',
		'require_signature']],
	['Emergency calls', ['emergency_numbers']], ['SIP addresses', ['sip_hosts']],
	['Limits', ['rates']], ['How long audio is kept', ['retention']]],
	fields: { voice: voices(), rates: { label: 'Requests a minute; 0 is no limit' },
		retention: { label: 'Days; 0 is for ever' },
		carrier_api_key: { masked: true },
		require_signature: { help: 'Events that are not signed by the ' +
			'webhook secret are refused.' },
		emergency_numbers: { loose: true, of: 'Number' }, sip_hosts: { loose: true, of: 'Host' } },
};

const facts = (rows) => h('dl', { class: 'facts' }, rows.map(([name, value]) =>
	[h('dt', {}, name), h('dd', {}, value)]));

const button = (text, act) => h('button', { type: 'button', class: 'plain',
	onclick: press(act) }, text);

async function newKey(draw) {
	if (!await dialog('Replace the voice key?', h('p', {}, 'The old one is ' +
		'good for one hour more. Tell the carrier the new one meanwhile.'),
	[['Keep it', null, 'plain'], ['Replace', true, '']]))
		return;
	const { data } = await ask('POST', 'settings/voice-key',
		{ body: { grace_minutes: 60 } });
	await dialog('The new voice key', [h('p', {}, 'It is shown this once.'),
		copyable(data.voice_key)], [['Done', null, '']]);
	await draw();
}

async function newSecret(draw) {
	if (!await dialog('Replace the webhook secret?', h('p', {}, 'Events that ' +
		'are signed with the old one are refused from now on.'),
	[['Keep it', null, 'plain'], ['Replace', true, 'danger']]))
		return;
	await ask('POST', 'settings/webhook-secret');
	await draw();
}

/* What a step is about, and which values it takes there. */
const wired = {
	domain_profile: { says: 'Whom the carrier tells of calls, and the key ' +
		'by which it is known here.',
	values: (carrier) => [['Domain', carrier.domain],
		['authorization-api-key', null, carrier.authorization],
		['session-update-endpoint', carrier.webhooks.session_update],
		['cdr-endpoint', carrier.webhooks.cdr],
		['call-timeout', String(carrier.call_timeout)],
		['redirect-unknown-to-border', String(
			carrier.redirect_unknown_to_border)]] },
	voice_application: { says: 'Whom the carrier asks what to do with a ' +
		'call: an application of type CXML.',
	values: (carrier) => [['URL', carrier.voice_application.url],
		['Method', carrier.voice_application.method]] },
	default_application: { says: 'That application is the default of the ' +
		'domain.', values: () => [] },
};

/* Each step: done or why not; by hand: the values to paste. */
const stepOf = (carrier, each) => h('li', {}, h('b', {}, word(each.step)), ' ',
	carrier.has_api_key || each.state === 'done' ? state(each.state)
		: h('span', { class: 'state' }, 'By hand'),
	each.updated_at ? [' ', instant(each.updated_at)] : null,
	each.failure ? h('p', { class: 'complaint' }, each.failure) : null,
	h('p', { class: 'help' }, wired[each.step]?.says ?? ''),
	facts((wired[each.step]?.values(carrier) ?? []).map(
		([name, value, text]) => [name, text ?? copyable(value)])));

function wiring(carrier, may, draw) {
	return h('section', { class: 'part' }, h('h2', {}, 'At the carrier'),
		h('p', {}, carrier.has_api_key ? 'The carrier’s side follows what is ' +
			'changed here.' : 'With the carrier’s API key all of this is done ' +
			'for you. Without it, paste these values there:'),
		h('ol', { class: 'wiring' }, carrier.steps.map((each) =>
			stepOf(carrier, each))),
		h('details', {}, h('summary', {}, 'Addresses that documents name'),
			facts(['call_initiated', 'call_status', 'recording'].map((name) =>
				[word(name), copyable(carrier.webhooks[name])]))),
		may && carrier.has_api_key ? h('div', { class: 'acts' },
			button('Tell the carrier again', async () => {
				await ask('POST', 'settings/carrier/wire');
				toast('It is being told');
				await draw();
			})) : null);
}

const keys = (data, may, draw) => h('section', { class: 'part' },
	h('h2', {}, 'Keys'),
	facts([...data.voice_keys.map((each) => ['Voice key', h('span', {}, 'of ',
		instant(each.created_at), each.expires_at ? [', good until ',
			instant(each.expires_at)] : null)]),
	['Webhook secret', copyable(data.webhook_secret, true)]]),
	may ? h('div', { class: 'acts' },
		button('New voice key', () => newKey(draw)),
		button('New webhook secret', () => newSecret(draw))) : null);

/* door: nobody is sent to the sign-in. */
const both = (door) => Promise.all(['settings', 'settings/carrier'].map(
	(path) => ask('GET', path, { door })));

/* made: the form that is there. */
async function draw(place, can, role, made) {
	const [{ data, etag }, { data: carrier }] = await both(Boolean(made));
	const may = Boolean(can.change);
	const again = () => draw(place, can, role, mine);
	const beside = () => h('div', { class: 'beside' },
		wiring(carrier, may, again), keys(data, may, again));
	let mine = made;
	/* Of a form that somebody works on, only what is beside it. */
	if (made?.changed()) {
		made.keep(data, etag);
		place.querySelector('.beside').replaceWith(beside());
		return;
	}
	mine = may ? form({ all: can.all, schema: can.change, data, etag,
		path: 'settings', describes, save: 'Save changes',
		/* Where calls may leave to is for owners to say. */
		hide: role === 'owner' ? [] : ['sip_hosts'], done() {
			toast('Saved');
			return again();
		} }) : null;
	place.replaceChildren(head('Settings', may ? h('a', { class: 'go plain',
		href: '/organizations.html' }, 'Name, time zone, emergency calls')
		: null),
		h('div', { class: 'edit' }, mine?.element ?? h('section',
			{ class: 'part' }, facts([['Carrier', word(data.carrier)],
				['Default ring timeout', `${
					data.default_ring_timeout} s`]])), beside()));
}

start('settings', 'Settings', async (place, { user }) =>
	draw(place, await resource('settings', user.role), user.role));
