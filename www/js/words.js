/* What things are called, and how values are shown. */
import { style, zoneOf } from './clock.js';
import { h } from './dom.js';

const known = {
	id: 'ID', did: 'Number', dids: 'Numbers', user_id: 'User',
	extension_id: 'Extension', from_extension_id: 'Calling extension',
	prompt_id: 'Prompt', caller_id: 'Caller ID', pin: 'PIN',
	host_pin: 'Host PIN', email: 'E-mail', url: 'URL', base_url: 'Public URL',
	emergency_did: 'Emergency number', sip_password: 'SIP password',
	sip_hosts: 'SIP hosts', carrier_api_key: 'Carrier API key', otp: 'Code',
	caller_name_prefix: 'Caller name prefix', did_id: 'Number',
	hangup: 'Hang up', ivr_menu: 'Menu', cdr: 'Call record', ivr: 'Menu', ai_assistant: 'AI assistant',
	custom_logic: 'Custom logic', no_answer: 'No answer',
	'voicemail.greeting': 'Greeting of the mailbox',
	'rates.voice': 'The carrier’s questions about calls',
	'rates.webhook': 'The carrier’s events',
	'rates.api': 'Requests of pages and programs',
	'greeting.text': 'Text', 'ivr-menus': 'Menus', dnd: 'Do not disturb',
	call_key: 'Call', domain_uuid: 'Domain UUID', storage_mb: 'Storage in MB',
	concurrent_calls: 'Calls at once', params: 'Parameters', api: 'API',
};

/* "ring_timeout" → "Ring timeout" */
export function word(name) {
	const text = known[name] ?? String(name).replaceAll(/[_-]/g, ' ');
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/* The name of a field by its path, "voicemail.pin" → "PIN" */
export const label = (path) => known[path] ?? word(path.split('.').pop());

/* Inside of a sentence: "ring group" */
export function inline(name) {
	const text = word(name);
	return /^[A-Z]{2}/.test(text) ? text : text.charAt(0).toLowerCase() +
		text.slice(1);
}

export const none = (text = '–') => h('span', { class: 'none' }, text);

/* Text that an input shows for a value. */
export const shown = (value) => value === null || value === undefined ? ''
	: String(value);

const time = { hour: '2-digit', minute: '2-digit' };
const kept = new Map();

/* How moments are written on the clock of a zone; none: of the page. */
function stylesOf(zone) {
	const name = zoneOf(zone);
	if (!kept.has(name))
		kept.set(name, { time: style(time, name),
			year: style({ year: 'numeric' }, name),
			near: style({ ...time, month: 'short', day: 'numeric' }, name),
			far: style({ dateStyle: 'medium', timeStyle: 'short' }, name),
			whole: style({ dateStyle: 'full', timeStyle: 'long' }, name) });
	return kept.get(name);
}

/* An instant on the clock of that zone. */
export function instantIn(zone, value) {
	if (!value)
		return none();
	const at = new Date(value);
	const { far, near, whole, year } = stylesOf(zone);
	return h('time', { datetime: value, title: whole.format(at), class: 'num' },
		(year.format(at) === year.format(new Date()) ? near : far).format(at));
}

export const instant = (value) => instantIn(null, value);

/* The same to the second, and the hour of it alone, as texts. */
export const exactly = (value) => stylesOf().whole.format(new Date(value));
export const hourOf = (value) => stylesOf().time.format(new Date(value));

/* 125 → "2:05" */
export function seconds(value) {
	if (value === null || value === undefined)
		return none();
	const pad = (n) => String(n).padStart(2, '0');
	const hours = Math.floor(value / 3600);
	const minutes = Math.floor(value / 60) % 60;
	return h('span', { class: 'num' }, hours > 0
		? `${hours}:${pad(minutes)}:${pad(value % 60)}`
		: `${minutes}:${pad(value % 60)}`);
}

const good = new Set(['active', 'done', 'ready', 'completed', 'answered',
	'open', 'sent', 'delivered', 'idle']);
const bad = new Set(['failed', 'failure', 'suspended', 'missed',
	'do_not_disturb']);
const warn = new Set(['pending', 'ringing', 'talking', 'initiated', 'busy',
	'no_answer', 'canceled']);

export function state(value) {
	if (!value)
		return none();
	const tone = good.has(value) ? 'good' : bad.has(value) ? 'bad'
		: warn.has(value) ? 'warn' : '';
	return h('span', { class: `state ${tone}` }, word(value));
}

export const plain = (value) => value === null || value === undefined ||
	value === '' ? none() : String(value);

export const number = (value) => value ? h('span', { class: 'num' }, value)
	: none();

export const yes = (value) => value ? 'Yes' : none('No');
