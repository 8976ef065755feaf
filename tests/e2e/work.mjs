/* Each resource: refused at its field, made, changed, deleted, brought back. */
import assert from 'node:assert/strict';
import { base, complaint, fill, heading, holds, input, people, row, signIn,
	submit, toast } from './browser.mjs';

const later = '2031-01-01T10:00';

/*
 * name: [what is wrong, where, what is said there, what mends it, what is
 * changed later, what it is called].
 */
export const resources = {
	extensions: [{ Number: '15x', Name: 'Zoe <i>' }, 'Number', /digits/,
		{ Number: '1500' }, { Name: 'Zoe', 'Ring timeout': '20' }, 'Zoe'],
	'ring-groups': [{ Name: 'Sales', 'Ring timeout': '4',
		'Member 1/Extension': '1001' }, 'Ring timeout', /5 to 300/,
	{ 'Ring timeout': '25', '+Add member': true,
		'Member 2/Extension': '1999' },
	{ Strategy: 'Round robin', Fallback: ['Hang up'] }, 'Sales'],
	'ivr-menus': [{ Name: 'Reception', '+Add option': true,
		'Option 1/Digits': 'abc', 'Option 1/Target': ['Extension', '1001'] },
	'Option 1/Digits', /0-9/, { 'Option 1/Digits': '1', Text: 'Hello.' },
	{ '+Add option': true, 'Option 2/Digits': '2',
		'Option 2/Target': ['Hang up'] }, 'Reception'],
	'business-hours': [{ Name: 'Office', 'Period 1/From': '9 am',
		'While open': ['Extension', '1001'], 'While closed': ['Hang up'] },
	'Period 1/From', /./, { 'Period 1/From': '08:30' },
	{ Timezone: 'Europe/Berlin' }, 'Office'],
	'conference-rooms': [{ Name: 'Board', PIN: '12ab' }, 'PIN', /digits/,
		{ PIN: '123456' }, { 'Max participants': '30', Muted: true }, 'Board'],
	'outbound-rules': [{ Name: 'Home', '+Add country': true,
		'Country 1/Country': 'ZZ', Trunk: 'main' }, 'Country 1/Country', /./,
	{ 'Country 1/Country': 'US' }, { Priority: '7' }, 'Home'],
	'blocked-callers': [{ Number: 'nobody', Note: 'Rude' }, 'Number', /./,
		{ Number: '+12025550123' }, { Action: 'Busy', Until: later },
		'+12025550123'],
	prompts: [{ Text: 'Good day.' }, 'Name', /required/,
		{ Name: 'Welcome' }, { Text: 'Good night.' }, 'Welcome'],
	users: [{ Name: 'Eve', 'E-mail': 'nobody' }, 'E-mail', /./,
		{ 'E-mail': 'eve@x.example', Password: 'a secret of mine' },
		{ Role: 'Agent', Phone: '+12025550111' }, 'Eve'],
	notifications: [{ Name: 'Missed', 'E-mail': 'x' }, 'E-mail', /./,
		{ 'E-mail': 'eve@x.example' }, { Event: 'Voicemail' }, 'Missed'],
};


async function refusedAtItsField(page, name, wrong, where, said) {
	await page.goto(`/${name}.html?new`);
	await fill(page, wrong);
	await submit(page);
	assert.match(await complaint(page, where), said);
	await holds(page, wrong);
	assert.equal(await page.evaluate(() => document.activeElement
		.getAttribute('aria-invalid')), 'true', 'the focus is elsewhere');
}

async function deletedAndBack(page, name, title) {
	await page.goto(`/${name}.html`);
	await row(page, title).getByRole('button', { name: /^Delete/ }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' })
		.click();
	await row(page, title).waitFor({ state: 'detached' });
	await toast(page, 'is deleted').getByRole('button', { name: 'Undo' })
		.click();
	await row(page, title).waitFor();
	/* From its own page as well, and back from among the deleted. */
	await row(page, title).getByRole('link').first().click();
	await page.getByRole('button', { name: 'Delete', exact: true }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Delete' })
		.click();
	await toast(page, 'is deleted').waitFor();
	await page.getByRole('button', { name: 'Deleted' }).click();
	await row(page, title).getByRole('button', { name: /^Restore/ }).click();
	await toast(page, 'is back').waitFor();
	await page.goto(`/${name}.html`);
	await row(page, title).waitFor();
}

export async function resource(page, name) {
	const [wrong, where, said, right, change, title] = resources[name];
	await refusedAtItsField(page, name, wrong, where, said);
	await fill(page, right);
	await submit(page);
	await page.waitForURL(/\?id=\d+/);
	await heading(page, title);
	const kept = { ...wrong, ...right };
	delete kept.Password;
	await holds(page, kept);
	/* Nobody reads a secret over a shoulder. */
	assert.deepEqual(await page.getByLabel(/^(Host )?PIN$|^Secret$|^Token$/)
		.evaluateAll((all) => all.filter((each) => getComputedStyle(each)
			.webkitTextSecurity !== 'disc').map((each) => each.id)), []);
	await fill(page, change);
	await submit(page);
	await toast(page, 'Saved').waitFor();
	await page.reload();
	await holds(page, change);
	await deletedAndBack(page, name, title);
}

export const others = {
	async 'a wrong password is said, and what was typed stays'(page) {
		const who = people.full;
		await page.goto('/extensions.html?q=ann');
		await page.waitForURL(/sign-in.*next=/);
		await page.getByLabel('E-mail').fill(who.email);
		await page.getByLabel('Password').fill('not this one');
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.getByRole('alert').waitFor();
		assert.equal(await page.getByLabel('E-mail').inputValue(), who.email);
		await page.getByLabel('Password').fill(who.password);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.waitForURL(/extensions.html\?q=ann$/);
		await row(page, 'Ann').waitFor();
	},
	async 'another site is no next page'(page) {
		/* A path that begins as a host does, no address, a host. */
		for (const next of ['/.//evil.example/', '//', '//evil.example/']) {
			await signIn(page, people.full, next);
			assert.equal(new URL(page.url()).origin, base, next);
		}
		await heading(page, 'Dashboard');
		assert.equal(new URL(page.url()).pathname, '/');
	},
	async 'a list is searched, narrowed and sorted by its URL'(page) {
		await page.goto('/extensions.html');
		await row(page, '1001').waitFor();
		await page.getByRole('searchbox').fill('nothing by');
		await page.waitForURL(/q=nothing/);
		await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
		const heard = (text) => page.getByRole('status').filter({
			hasText: text }).waitFor({ state: 'attached' });
		await heard('Nothing matches');
		await page.getByRole('searchbox').fill('used by');
		await heard('1–1 of 1');
		await row(page, '1999').waitFor();
		assert.equal(await row(page, '1001').count(), 0);
		assert.match(await page.getByRole('link', { name: 'CSV' })
			.getAttribute('href'), /\bq=used\+by\b/);
		/* What is typed is not lost to who goes on at once, or before the
		   answer. */
		const late = (url) => url.search === '?q=used';
		await page.route(late, (route) => page.waitForURL(/q=used&sort=/)
			.then(() => route.continue()).catch(() => {}));
		await page.getByRole('searchbox').fill('used');
		await page.getByRole('button', { name: 'Number', exact: true }).click();
		await page.waitForURL(/q=used&sort=/);
		await page.unroute(late);
		assert.equal(await page.getByRole('searchbox').inputValue(), 'used');
		await page.goto('/extensions.html?page=9');
		await row(page, '1001').waitFor();
		assert.equal(new URL(page.url()).search, '');
		await page.getByLabel('Add a filter').selectOption({ label: 'Status' });
		/* Past "Active": what is asked for is what one stops at. */
		await page.getByLabel('Status', { exact: true }).press('ArrowDown');
		await page.getByLabel('Status', { exact: true }).press('ArrowDown');
		await page.getByRole('button', { name: 'Apply' }).click();
		await page.waitForURL(/status=inactive/);
		await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
		await page.getByRole('button', { name: /Remove the filter/ }).click();
		await row(page, '1001').waitFor();
		await page.getByRole('button', { name: 'Number', exact: true }).click();
		await page.waitForURL(/sort=-number/);
		await page.locator('[aria-sort=descending]').waitFor();
		await page.goBack();
		await page.locator('[aria-sort=ascending]').waitFor();
		await page.goto('/extensions.html?status=odd');
		await page.getByRole('alert').filter({ hasText: /Status: .+/ })
			.waitFor();
	},
	async 'a page says so when the server does not answer'(page) {
		for (const [asked, path] of [['session', 'organizations'],
			['schema', 'extensions']]) {
			await page.route(`**/cgi-bin/${asked}`, (route) =>
				route.fulfill({ status: 503, json: { message: 'Down.' } }));
			await page.goto(`/${path}.html`);
			await page.getByRole('alert').getByText('Down.').waitFor();
			await page.unroute(`**/cgi-bin/${asked}`);
		}
	},
	async 'what is in use says by what, and stays'(page) {
		await page.goto('/extensions.html');
		await page.getByRole('button', { name: 'Delete 1001 Ann' }).click();
		const box = page.getByRole('dialog', { name: /still in use/ });
		await box.getByRole('link').first().waitFor();
		assert.match(await box.getByRole('link').first()
			.getAttribute('href'), /^\/(ring-group|ivr-menu|business-hour)s\.html\?id=\d+$/);
		await box.getByRole('button', { name: 'Close' }).click();
		await row(page, '1001').waitFor();
	},
	async 'somebody else was faster'(page) {
		await page.goto('/conference-rooms.html');
		await row(page, 'Board').getByRole('link').first().click();
		await heading(page, 'Board');
		await page.evaluate(async () => {
			const id = new URLSearchParams(location.search).get('id');
			const { data } = await (await fetch('/cgi-bin/session', {
				headers: { Accept: 'application/json' } })).json();
			const answer = await fetch(`/cgi-bin/conference-rooms/${id}`, {
				method: 'PATCH', body: JSON.stringify({ beep: false }),
				headers: { 'X-CSRF-Token': data.csrf_token,
					'Content-Type': 'application/json' } });
			if (!answer.ok)
				throw new Error(`${answer.status}`);
		});
		await fill(page, { Name: 'Mine' });
		await submit(page);
		await page.getByRole('alert').filter({ hasText: 'Somebody else' })
			.waitFor();
		await holds(page, { Name: 'Mine' });
	},
	async 'a session that ends takes nothing that was typed'(page) {
		const { email, password } = people.full;
		const typed = { 'Max participants': '31' };
		await page.goto('/conference-rooms.html');
		await row(page, 'Board').getByRole('link').first().click();
		await heading(page, 'Board');
		await fill(page, typed);
		await page.context().clearCookies();
		await submit(page);
		await page.getByRole('alert').filter({ hasText: 'signed out' })
			.waitFor();
		await holds(page, typed);
		/* As in another tab. */
		await page.request.post('/cgi-bin/session', { headers: {
			Accept: 'application/json' }, data: { email, password } });
		/* What is typed until the saved is shown stays, and is saved. */
		const more = { Name: 'Boardroom', PIN: '654321' };
		const shown = async (route) => {
			await fill(page, route.request().method() === 'GET'
				? { PIN: more.PIN } : { Name: more.Name });
			await route.continue();
		};
		await page.route('**/cgi-bin/conference-rooms/*', shown);
		await Promise.all([page.waitForResponse((answer) =>
			answer.request().method() === 'GET' &&
			/conference-rooms\/\d+$/.test(answer.url())), submit(page)]);
		await page.unroute('**/cgi-bin/conference-rooms/*', shown);
		await page.locator('main form button:enabled[type=submit]').waitFor();
		await holds(page, { ...typed, ...more });
		await submit(page);
		await heading(page, more.Name);
	},
	async 'a number leads somewhere else'(page) {
		await page.goto('/dids.html');
		await row(page, process.env.DID).getByRole('link').first().click();
		await heading(page, process.env.DID);
		assert.equal(await input(page, 'Number').getAttribute('readonly'), '');
		const to = input(page, 'Target');
		const box = to.locator('xpath=..').getByRole('combobox').last();
		await to.selectOption({ label: 'Extension' });
		await box.fill('100');
		await page.getByRole('option', { name: '1001' }).waitFor();
		/* Enter is about what stands there, not about the list before. */
		await box.press('3');
		await box.press('Enter');
		await page.getByRole('listbox').waitFor({ state: 'hidden' });
		assert.match(await box.inputValue(), /^1003/);
		/* What is like none stays, and what is a number is taken. */
		await box.fill('nobody');
		await page.getByRole('status').filter({
			hasText: 'Nothing is called that' }).waitFor({ state: 'attached' });
		await submit(page);
		assert.match(await complaint(page, 'Target'), /choose one/);
		assert.equal(await box.inputValue(), 'nobody');
		await box.fill('1999');
		await submit(page);
		await toast(page, 'Saved').waitFor();
		await page.goto('/dids.html');
		await row(page, process.env.DID).getByRole('link',
			{ name: '1999 Used by nothing' }).waitFor();
		/* Nothing of ours leads to it, but the world calls it. */
		await row(page, process.env.DID).getByRole('button',
			{ name: /^Delete/ }).click();
		await page.getByRole('dialog').getByText('not in service').waitFor();
		await page.getByRole('button', { name: 'Keep it' }).click();
	},
	async 'a token is seen once, and revoked'(page) {
		await page.goto('/tokens.html?new');
		await fill(page, { 'Ability 1/Ability': 'everything' });
		await submit(page);
		assert.match(await complaint(page, 'Name'), /required/);
		await fill(page, { Name: 'Mine' });
		await submit(page);
		await complaint(page, 'Ability 1/Ability');
		await page.locator('#abilities option[value="calls:*"]').waitFor(
			{ state: 'attached' });
		/* A day without a time is no moment, and not for ever. */
		await fill(page, { 'Ability 1/Ability': 'calls:read' });
		await input(page, 'Expires').press('1');
		await submit(page);
		assert.match(await complaint(page, 'Expires'), /not complete/);
		await fill(page, { Expires: later });
		await submit(page);
		const text = await page.locator('main code').textContent();
		assert.match(text, /^\d+\|[\w-]+/);
		await page.getByRole('link', { name: 'Done' }).click();
		await row(page, 'Mine').getByRole('button', { name: /^Revoke/ })
			.click();
		await page.getByRole('dialog').getByRole('button', { name: 'Revoke' })
			.click();
		await row(page, 'Mine').waitFor({ state: 'detached' });
	},
	async 'settings are refused, and saved'(page) {
		await page.goto('/settings.html');
		await fill(page, { 'Default ring timeout': '1' });
		await submit(page);
		assert.match(await complaint(page, 'Default ring timeout'), /5 to/);
		assert.equal(await input(page, 'Carrier API key').evaluate((each) =>
			getComputedStyle(each).webkitTextSecurity), 'disc');
		await fill(page, { 'Default ring timeout': '45' });
		await submit(page);
		await toast(page, 'Saved').waitFor();
		await page.reload();
		await holds(page, { 'Default ring timeout': '45' });
		await page.locator('.wiring li', { hasText: 'call-timeout' })
			.getByText('45', { exact: true }).waitFor();
		/* What the carrier needs to know, step by step. */
		const step = page.locator('.wiring li', { hasText: 'Voice application' });
		await step.getByText('By hand').waitFor();
		await page.context().grantPermissions(['clipboard-read',
			'clipboard-write']);
		await step.getByRole('button', { name: 'Copy' }).first().click();
		await toast(page, 'Copied').waitFor();
		assert.match(await page.evaluate(() =>
			navigator.clipboard.readText()), /\/cgi-bin\/voice$/);
		/* Without https a page may not copy. */
		await page.evaluate(() => Object.defineProperty(navigator,
			'clipboard', { value: undefined }));
		await page.route('**/settings/voice-key', (route) =>
			route.fulfill({ json: { data: { voice_key: 'made up' } } }));
		await page.getByRole('button', { name: 'New voice key' }).click();
		await page.getByRole('dialog').getByRole('button',
			{ name: 'Replace' }).click();
		const box = page.getByRole('dialog', { name: 'The new voice key' });
		await box.getByRole('button', { name: 'Copy' }).click();
		await box.getByText('it is selected instead').waitFor();
		assert.equal(await page.evaluate(() => `${getSelection()}`),
			'made up');
		await box.getByRole('button', { name: 'Done' }).click();
		await box.waitFor({ state: 'detached' });
		await toast(page, 'it is selected instead').waitFor();
		await page.unroute('**/settings/voice-key');
	},
	async 'the audit shows what a change was'(page) {
		await page.goto('/audit.html');
		await row(page, 'Setting').first().getByRole('link').first().click();
		await page.getByRole('row', { name: /Default ring timeout/ })
			.getByText('45').waitFor();
		/* Of what was chosen the name. */
		for (const [asked, field, name] of [
			['did', /^Target/, '1999 Used by nothing'],
			['ring_group&action=create', /^Members › 1/, '1001 Ann']]) {
			await page.goto(`/audit.html?object_type=${asked}`);
			await page.locator('.rows tbody tr:not(.wait)').first()
				.getByRole('link').first().click();
			await page.getByRole('row', { name: field })
				.getByRole('link', { name }).waitFor();
		}
	},
	async 'members are put in order by keyboard'(page) {
		await page.goto('/ring-groups.html');
		await row(page, 'Sales').getByRole('link').first().click();
		await holds(page, { 'Member 1/Extension': '1001' });
		await page.getByRole('group', { name: 'Member 2' })
			.getByRole('button', { name: 'Move up' }).press('Enter');
		await submit(page);
		await toast(page, 'Saved').waitFor();
		await page.reload();
		await holds(page, { 'Member 1/Extension': '1999' });
	},
	async 'who signed out sees nothing'(page) {
		const { email, password } = people.full;
		const out = page.getByRole('button', { name: 'Sign out' });
		const refuse = (route) => route.request().method() === 'DELETE'
			? route.fulfill({ status: 503, json: { message: 'Not now.' } })
			: route.continue();
		await page.goto('/extensions.html');
		await row(page, '1001').waitFor();
		await page.route('**/cgi-bin/session', refuse);
		await out.click();
		await toast(page, 'Not now.').waitFor();
		await page.unroute('**/cgi-bin/session', refuse);
		/* Back may bring a page as it was left, and nobody is here. */
		await page.route('**/cgi-bin/session', (route) => route.fulfill(
			{ status: 401, json: { message: 'Nobody.' } }));
		await page.evaluate(() => dispatchEvent(new PageTransitionEvent(
			'pageshow', { persisted: true })));
		await page.waitForURL(/sign-in.*next=/);
		await page.unroute('**/cgi-bin/session');
		await page.goto('/extensions.html');
		await row(page, '1001').waitFor();
		/* Out and in again in another tab: what is asked by is another. */
		await page.context().clearCookies();
		const asked = { headers: { Accept: 'application/json' } };
		await page.request.post('/cgi-bin/session', { ...asked,
			data: { email, password } });
		await out.click();
		await page.waitForURL(/sign-in/);
		assert.equal((await page.request.get('/cgi-bin/session', asked))
			.status(), 401);
		await page.goto('/users.html');
		await page.waitForURL(/sign-in.*next=/);
		await signIn(page, people.full);
	},
};
