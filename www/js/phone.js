/* What a telephone needs, and what it does now. */
import { ask } from './api.js';
import { h, svg } from './dom.js';
import { watch } from './live.js';
import { dialog } from './remove.js';
import { copyable } from './secret.js';
import { instant, none, state } from './words.js';

const QUIET = 4;

/* A QR code as a drawing, black on white in every theme. */
async function drawing(text) {
	const { default: qrcode } = await import('/lib/qrcode.js');
	const code = qrcode(0, 'M');
	code.addData(text);
	code.make();
	const n = code.getModuleCount();
	let path = '';
	for (let y = 0; y < n; y += 1)
		for (let x = 0; x < n; x += 1)
			if (code.isDark(y, x))
				path += `M${x} ${y}h1v1h-1z`;
	return svg('svg', { class: 'qr', role: 'img', 'shape-rendering':
		'crispEdges', 'aria-label': 'QR code', viewBox:
		`${-QUIET} ${-QUIET} ${n + 2 * QUIET} ${n + 2 * QUIET}` },
	svg('path', { d: path }));
}

async function showCode(data, server) {
	await dialog(`Telephone of ${data.number} ${data.name}`, [
		h('p', {}, 'For telephones that read a SIP address by camera. It ' +
			'holds the password: show it to nobody else.'),
		await drawing(`sip:${encodeURIComponent(data.number)}:${
			encodeURIComponent(data.sip_password)}@${server}`)],
	[['Done', null, '']]);
}

const facts = (rows) => h('dl', { class: 'facts' }, rows.map(([name, value]) =>
	[h('dt', {}, name), h('dd', {}, value)]));

/* For the side of an extension's form. */
export function phone(data) {
	if (data.type !== 'user')
		return null;
	const server = h('div', { class: 'awaited' }, '…');
	/* Stars are all that this role may see. */
	const may = Boolean(data.sip_password) && data.sip_password !== '***';
	const code = h('button', { type: 'button', class: 'plain',
		disabled: true }, 'Show QR code');
	ask('GET', 'settings/carrier').then(({ data: { domain } }) => {
		server.replaceChildren(domain ? copyable(domain)
			: h('span', {}, 'None yet: ', h('a', { href: '/settings.html' },
				'tell the carrier')));
		code.disabled = !domain;
		code.addEventListener('click', () => showCode(data, domain));
	}, (problem) => server.replaceChildren(problem.message));
	follow();
	return [h('h2', {}, 'Telephone'), facts([
		['Now', presence(data.presence, data)],
		['SIP server', server],
		['SIP user', copyable(data.number)],
		['SIP password', copyable(data.sip_password, true)],
		['At the carrier', h('div', {}, state(data.carrier.state),
			data.carrier.at ? [' ', instant(data.carrier.at)] : null,
			data.carrier.error ? h('p', { class: 'complaint' },
				data.carrier.error) : null)]]),
	may ? h('div', { class: 'acts' }, code) : null];
}

const shown = (value) => !value || value === 'none' ? none() : state(value);

/* What an extension does, kept up to date while the page is open. */
export function presence(value, row) {
	follow();
	return h('span', { 'data-presence': row.id }, shown(value));
}

let following = false;

/* One stream a page, and only where a telephone is shown. */
function follow() {
	if (following)
		return;
	following = true;
	const tell = ({ extensions }) => {
		const now = new Map((extensions ?? []).map((each) =>
			[`${each.id}`, each.presence]));
		for (const place of document.querySelectorAll('[data-presence]')) {
			const each = now.get(place.dataset.presence);
			if (each && place.textContent !== shown(each).textContent)
				place.replaceChildren(shown(each));
		}
	};
	watch({ snapshot: tell, presence: tell, call() {}, how() {} });
}
