import { ask, Problem } from '../api.js';
import { h, icon, icons } from '../dom.js';
import { labelled } from '../fields.js';

const input = (name, type, autocomplete, more) => {
	const made = h('input', { name, type, autocomplete, ...more });
	return { element: made, input: made, get: () => made.value,
		set: (value) => { made.value = value; } };
};

const fields = {
	email: labelled('E-mail', input('email', 'email', 'username'),
		{ required: true }),
	password: labelled('Password', input('password', 'password',
		'current-password'), { required: true }),
	organization: labelled('Organization', input('organization', 'text',
		'organization'), { help: 'If your address is in several.' }),
	otp: labelled('One-time code', input('otp', 'text', 'one-time-code',
		{ inputmode: 'numeric' }), { help: 'If you use one.' }),
};
const place = h('div', {});
const more = h('details', {}, h('summary', {}, 'Organization or code'),
	fields.organization.element, fields.otp.element);
const button = h('button', { type: 'submit' }, 'Sign in');
const form = h('form', { novalidate: true }, place, fields.email.element,
	fields.password.element, more, button);

/* Only a page of this site, whole: a path alone may begin as a host does. */
function next() {
	const to = new URLSearchParams(location.search).get('next') ?? '/';
	try {
		const url = new URL(to, location.origin);
		if (url.origin === location.origin && to.startsWith('/'))
			return url.href;
	} catch {
		/* no address at all */
	}
	return '/';
}

form.addEventListener('submit', async (event) => {
	event.preventDefault();
	place.replaceChildren();
	const wrong = Object.values(fields).reduce((sum, one) =>
		sum + one.check(), 0);
	if (wrong > 0) {
		form.querySelector('[aria-invalid="true"]').focus();
		return;
	}
	button.disabled = true;
	try {
		await ask('POST', 'session', { door: true, body: Object.fromEntries(
			Object.entries(fields).map(([name, one]) => [name, one.get()])
				.filter(([, value]) => value !== '')) });
		location.assign(next());
	} catch (problem) {
		if (!(problem instanceof Problem))
			throw problem;
		const errors = { ...problem.errors };
		const inside = ['organization', 'otp'].some((name) =>
			errors[name]);
		for (const [name, one] of Object.entries(fields))
			one.complain(errors, name);
		more.open ||= inside || problem.code === 'CONFLICT';
		place.replaceChildren(h('div', { class: 'alert', role: 'alert' },
			problem.message));
		(form.querySelector('[aria-invalid="true"]') ??
			fields.password.element.querySelector('input')).focus();
	}
	button.disabled = false;
});

document.body.prepend(h('main', { class: 'card door', id: 'main' },
	h('div', { class: 'brand' }, icon(icons.phone), 'OpBX'),
	h('h1', {}, 'Sign in'), form,
	h('p', {}, h('a', { href: '/cgi-bin/session/reset' },
		'Forgotten password'))));
fields.email.element.querySelector('input').focus();
