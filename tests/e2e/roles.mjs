/* What each role sees: the pages and buttons that are for it, and no more. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { open, people, signIn, signOut } from './browser.mjs';
import { ready } from './looks.mjs';

/* Every page that is for people who are signed in. */
export const every = readdirSync(new URL('../../www/', import.meta.url))
	.filter((each) => each.endsWith('.html') &&
		!['404.html', 'sign-in.html'].includes(each))
	.map((each) => each === 'index.html' ? '/' : `/${each}`);

/* What is no page of a role that is in its menu, and the other way round. */
const closed = {
	owner: [],
	agent: ['/audit.html', '/first-run.html'],
	user: ['/audit.html', '/first-run.html', '/call-flow.html',
		'/live-calls.html', '/simulator.html'],
	operator: every.filter((each) => !['/', '/organizations.html']
		.includes(each)),
};
const unlisted = ['/first-run.html'];
/* Who has many pages that are closed tries these. */
const FEW = ['/extensions.html', '/first-run.html', '/live-calls.html',
	'/settings.html'];
/* Whose single objects are looked at. */
const looked = { agent: () => true,
	user: (path) => /extensions|users|voicemails/.test(path) };

/* name of a resource: what a role may do with it, as the server says. */
const rights = (page, role) => page.evaluate(async (who) => {
	const { paths } = await (await fetch('/cgi-bin/schema')).json();
	const may = (operation) => Boolean(operation?.['x-roles'].includes(who));
	return Object.fromEntries(Object.keys(paths).filter((each) =>
		/^\/[a-z-]+$/.test(each)).map((each) => [each.slice(1), {
		make: may(paths[each].post),
		change: may(paths[`${each}/{id}`]?.patch),
		remove: may(paths[`${each}/{id}`]?.delete),
		restore: may(paths[`${each}/{id}/restore`]?.post) }]));
}, role);

/* In a page with a list: what it offers to look for and is refused. */
async function refusedOf(name) {
	const values = (menu) => [...document.querySelectorAll(
		`.tools ${menu} option`)].map((each) => each.value).filter(Boolean);
	const { paths } = await (await fetch('/cgi-bin/schema')).json();
	const { data: { user } } = await (await fetch('/cgi-bin/session',
		{ headers: { Accept: 'application/json' } })).json();
	const like = (what, { enum: all, format, type }) => all?.[0] ??
		(format === 'date-time' ? '2026-07-01T00:00:00Z'
			: [type].flat().includes('boolean') ? 'true'
				: [type].flat().includes('integer') ? user.id
					: /number/.test(what) ? '%2B12025550111' : '2026-07-01');
	const asked = [...values('.order').map((each) => `sort=${each}`),
		...values('[aria-label="Add a filter"]').map((each) => `${each}=${
			like(each, paths[`/${name}`].get.parameters.find((one) =>
				one.name === each).schema)}`)];
	if (document.querySelector('.tools [aria-pressed]'))
		asked.push('deleted=only');
	const said = await Promise.all(asked.map(async (each) => [each,
		(await fetch(`/cgi-bin/${name}?${each}`)).status]));
	return said.filter(([, status]) => status !== 200).map((each) =>
		each.join(' '));
}

const nameOf = (path) => path.slice(1).replace(/\.html.*/, '');

/* The page is there, with nothing that went wrong. */
async function opens(page, path) {
	await ready(page, path);
	assert.equal(await page.locator('main [role=alert]').count(), 0, path);
	assert.ok((await page.locator('main h1').textContent()).length > 1, path);
}

/* A page of somebody else says so, and asks for nothing. */
async function refuses(page, path, role) {
	await page.goto(path);
	await page.locator('main:not([aria-busy])').waitFor();
	assert.match(await page.locator('main [role=alert]').textContent(),
		new RegExp(`not for your role, ${role}`), path);
	assert.equal(await page.locator('main').locator(
		'form, table, button, input').count(), 0, path);
}

/* What is above a list. */
async function tools(page, path, may) {
	assert.deepEqual(await page.evaluate(refusedOf, nameOf(path)), [], path);
	assert.equal(await page.getByRole('button', { name: 'Deleted',
		exact: true }).count(), may.restore ? 1 : 0, `Deleted at ${path}`);
}

/* The buttons of a list, and the form of its first row. */
async function buttons(page, path, may) {
	const rows = page.locator('.rows tbody tr');
	assert.equal(await page.locator('main .head a[href$="?new"]').count(),
		may.make ? 1 : 0, `New at ${path}`);
	const removes = rows.getByRole('button', { name: /^(Delete|Revoke) / });
	assert.equal(await removes.count() > 0, may.remove &&
		await rows.count() > 0, `Delete at ${path}`);
	const first = rows.locator('td:first-child a').first();
	if (await first.count() === 0)
		return;
	await opens(page, await first.getAttribute('href'));
	const saves = await page.locator(
		'main form:not(aside form) button[type=submit]').count();
	assert.ok(saves === 0 || may.change, `Save at ${page.url()}`);
	assert.equal(await page.getByRole('button', { name: /^(Delete|Revoke)$/ })
		.count(), may.remove ? 1 : 0, `Delete at ${page.url()}`);
}

/* wrong: what a request or the console complained of meanwhile. */
async function walk(page, role) {
	const menu = page.locator('#side a:not(.brand)');
	const may = await rights(page, role);
	const listed = (await menu.evaluateAll((all) => all.map((each) =>
		each.getAttribute('href')))).filter((each) =>
		!/^\/(cgi-bin|docs)\//.test(each));
	assert.deepEqual([...new Set(listed)].sort(), every.filter((each) =>
		!closed[role].includes(each) && !unlisted.includes(each) &&
		(role !== 'operator' || each !== '/')).sort());
	for (const path of closed[role].filter((each) =>
		role !== 'operator' || FEW.includes(each)))
		await refuses(page, path, role);
	for (const path of listed) {
		await opens(page, path);
		const here = looked[role]?.(path) ? may[nameOf(path)] : null;
		if (await page.locator('.tools').count() > 0 &&
			(here || path === '/tokens.html'))
			await tools(page, path, may[nameOf(path)]);
		if (here && await page.locator('.rows').count() > 0)
			await buttons(page, path, here);
	}
}

export async function rolesSeeTheirs(test) {
	const one = await open();
	const wrong = [];
	one.page.on('response', (answer) => answer.status() >= 400 &&
		wrong.push(`${answer.status()} ${answer.url()}`));
	for (const [role, who] of Object.entries({ owner: people.staff,
		agent: people.agent, user: people.user,
		operator: people.operator })) {
		await test(`${role}: sees what is for this role, and no more`,
			async () => {
				wrong.length = 0;
				await signIn(one.page, who);
				if (role === 'operator')
					await one.page.waitForURL(/organizations/);
				await one.page.locator('main:not([aria-busy])').waitFor();
				await walk(one.page, role);
				assert.deepEqual(wrong, []);
			});
		await signOut(one.page);
	}
	await test('an admin has no buttons for oneself and those above',
		async () => {
			await signIn(one.page, people.admin);
			await opens(one.page, '/users.html');
			const rows = one.page.locator('.rows tbody tr');
			assert.deepEqual(await rows.filter({ has: one.page.getByRole(
				'button', { name: /^Delete / }) }).locator('td:nth-child(3)')
				.allTextContents().then((all) => all.sort()),
			['Agent', 'User']);
			await rows.filter({ hasText: 'owner@' }).getByRole('link')
				.first().click();
			const side = one.page.locator('aside');
			await side.waitFor();
			assert.equal(await side.getByRole('button').count(), 0);
			/* Nor fields in which only others may write. */
			await one.page.goBack();
			await rows.filter({ hasText: 'admin@' }).getByRole('link')
				.first().click();
			const field = (name) => one.page.locator('main form')
				.getByLabel(name);
			await field(/^Phone/).waitFor();
			assert.equal(await field(/^E-mail/).count(), 0);
			await opens(one.page, '/users.html?new');
			assert.deepEqual(await field(/^Role/).locator('option')
				.allTextContents(), ['User', 'Agent']);
			await opens(one.page, '/settings.html');
			assert.equal(await one.page.getByRole('button',
				{ name: 'Add host' }).count(), 0);
		});
	await signOut(one.page);
	await test('an agent changes what is the agent’s own', async () => {
		await signIn(one.page, people.agent);
		await opens(one.page, '/extensions.html?q=1003');
		await one.page.getByRole('link', { name: '1003' }).click();
		const form = one.page.locator('main form:not(aside form)');
		await form.getByLabel('Do not disturb').check();
		assert.equal(await form.getByLabel('Number', { exact: true }).count(),
			0);
		assert.equal(await form.getByRole('button', { name: /^Upload/ })
			.count(), 0, 'prompts are not made by agents');
		await form.getByRole('button', { name: 'Save changes' }).click();
		await one.page.locator('.toast', { hasText: 'Saved' }).waitFor();
		assert.equal(await one.page.getByRole('button', { name: 'Show',
			exact: true }).count(), 0, 'a password is not for agents');
		/* And reads what is not. */
		await opens(one.page, '/ring-groups.html');
		await one.page.locator('.rows td:first-child a').first().click();
		await one.page.locator('.edit').getByRole('link',
			{ name: '1001 Ann' }).waitFor();
		await one.page.locator('.edit').getByText('Simultaneous').waitFor();
		await opens(one.page, '/dids.html');
		await one.page.locator('.rows td:first-child a').first().click();
		await one.page.locator('.edit dd').getByRole('link',
			{ name: /^Ring group: / }).waitFor();
	});
	await test('roles fault nothing', () => assert.deepEqual(one.faults, []));
	await one.close();
}
