/* A browser that runs no scripts: pages lead to forms, which do all of it. */
import assert from 'node:assert/strict';
import { base, open, people } from './browser.mjs';
import { every } from './roles.mjs';

/* Presses the button, until the answer is the page that is shown. */
const press = (page, name) => Promise.all([page.waitForEvent('load'),
	page.getByRole('button', { name }).click()]);

async function enters(page) {
	await page.goto('/');
	await page.getByRole('link', { name: 'Sign in' }).click();
	await page.getByLabel('E-mail').fill(people.begin.email);
	await page.getByLabel('Password').fill('not this one');
	await press(page, 'Sign in');
	assert.equal(await page.getByLabel('E-mail').inputValue(),
		people.begin.email);
	await page.getByLabel('Password').fill(people.begin.password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

const save = (page) => press(page, 'Save');

async function worksOnAnExtension(page) {
	await page.goto('/extensions.html');
	await page.getByRole('link', { name: 'without scripts' }).click();
	await page.getByRole('link', { name: /^New / }).click();
	await page.getByLabel('Number', { exact: true }).fill('17x');
	await page.getByLabel('Name', { exact: true }).fill('Plain <i>Jane');
	await save(page);
	await page.getByText(/must be digits/).first().waitFor();
	assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(),
		'Plain <i>Jane');
	await page.getByLabel('Number', { exact: true }).fill('1700');
	await save(page);
	await page.waitForURL(/\/cgi-bin\/extensions\/\d+$/);
	const own = page.url();
	await page.getByLabel('Name', { exact: true }).fill('Jane');
	await save(page);
	await page.goto(own);
	assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(),
		'Jane');
	await page.getByRole('link', { name: 'Delete' }).click();
	await page.getByRole('button', { name: 'Delete' }).click();
	await page.waitForURL(`${base}/cgi-bin/extensions`);
	assert.equal(await page.getByRole('link', { name: '1700' }).count(), 0);
}

/* Where each page leads who runs no scripts. */
async function leads(page) {
	const gone = [];
	for (const path of every) {
		await page.goto(path);
		const link = page.locator('main a[href^="/cgi-bin/"]');
		assert.ok(await link.count() > 0, `${path} leads nowhere`);
		const answer = await page.request.get(await link.last()
			.getAttribute('href'), { headers: { Accept: 'text/html' } });
		if (!answer.ok())
			gone.push(`${path}: ${answer.status()} ${answer.url()}`);
	}
	assert.deepEqual(gone, []);
}

export async function withoutScripts(test) {
	const one = await open({ javaScriptEnabled: false });
	await test('without scripts: signs in', () => enters(one.page));
	await test('without scripts: an extension is made, changed, deleted',
		() => worksOnAnExtension(one.page));
	await test('without scripts: each page leads on', () => leads(one.page));
	await one.close();
}
