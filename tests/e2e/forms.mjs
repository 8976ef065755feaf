/* What is typed into a form, and what becomes of it. */
import assert from 'node:assert/strict';
import { fill, heading, holds, input, row, submit, toast }
	from './browser.mjs';

const opened = async (page, name, text, title) => {
	await page.goto(`/${name}.html`);
	await row(page, text).getByRole('link').first().click();
	await heading(page, title);
};

const saved = async (page) => {
	await submit(page);
	await toast(page, 'Saved').waitFor();
};

export const typing = {
	async 'what another type has no use for is taken away'(page) {
		await opened(page, 'extensions', 'Zoe', '1500 Zoe');
		await fill(page, { 'Do not disturb': true, PIN: '1234',
			'Caller ID': process.env.DID, 'No answer': ['Hang up'] });
		await saved(page);
		await page.reload();
		await fill(page, { Type: 'Forward', Target: ['Hang up'] });
		/* What is said of a field that is not there is said all the same. */
		await page.route('**/cgi-bin/extensions/*', (route) =>
			route.fulfill({ status: 422, json: { message: 'Not so.',
				errors: { 'voicemail.pin': ['is odd'] } } }), { times: 1 });
		await submit(page);
		await page.getByRole('alert').getByText('PIN: is odd').waitFor();
		assert.ok(await page.getByRole('alert').evaluate((each) =>
			each === document.activeElement), 'the focus is elsewhere');
		await saved(page);
		await page.reload();
		await holds(page, { Type: 'Forward' });
		await fill(page, { Type: 'User' });
		await holds(page, { 'Do not disturb': false, 'No answer': 'No' });
		for (const name of ['PIN', 'Ring timeout'])
			assert.equal(await input(page, name).inputValue(), '', name);
		assert.match(await input(page, 'Caller ID').inputValue(),
			new RegExp(`\\${process.env.DID}`));
		await saved(page);
	},
	async 'who made one is led to it, whatever is typed meanwhile'(page) {
		await page.goto('/conference-rooms.html?new');
		await page.route('**/cgi-bin/conference-rooms', async (route) => {
			await fill(page, { 'Max participants': '3' });
			await route.continue();
		}, { times: 1 });
		await fill(page, { Name: 'Attic' });
		/* Nobody is asked whether to leave. */
		const asked = [];
		const noted = (dialog) => {
			asked.push(dialog.type());
			return dialog.accept();
		};
		page.on('dialog', noted);
		await submit(page);
		await page.waitForURL(/\?id=\d+/);
		await heading(page, 'Attic');
		page.off('dialog', noted);
		assert.deepEqual(asked, []);
	},
};
