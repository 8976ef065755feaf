/* How a working number comes about, and hours by paint and calendar. */
import assert from 'node:assert/strict';
import { base, fill, heading, holds, input, row, submit, toast, twice }
	from './browser.mjs';

const step = (page, text) =>
	page.getByRole('heading', { level: 2, name: text }).waitFor();

/* The rows of periods as texts, "Monday 09:00 17:00". */
const periods = (page) => page.getByRole('group', { name: /^Period \d+$/ })
	.evaluateAll((all) => all.map((each) => [...each.querySelectorAll(
		'select, input')].map((one) => one.selectedOptions
		? one.selectedOptions[0].text : one.value).join(' ')));

const cell = (page, name) => page.getByRole('gridcell', { name });

/* The next request of that path is answered so. */
const once = (page, path, status, first = () => {}) => page.route(
	`**/cgi-bin/${path}`, async (route) => {
		await first(route);
		await route.fulfill({ status, json: { message: `Not now: ${status}.` } });
	}, { times: 1 });

const said = (page, text) => page.getByRole('alert').filter({ hasText: text })
	.waitFor();

/* An organization with nothing, its owner signed in. */
export const beginning = {
	async 'five steps lead to a number that works'(page) {
		await page.goto('/');
		await page.getByText('0 of 5').waitFor();
		await page.route('**/cgi-bin/users/*', (route) =>
			route.request().method() === 'PATCH' ? route.fulfill({
				status: 503, json: { message: 'Not now.' } })
				: route.continue());
		await page.getByRole('button', { name: 'I know my way' }).click();
		await toast(page, 'Not now.').waitFor();
		await page.unroute('**/cgi-bin/users/*');
		await page.getByRole('link', { name: 'Begin' }).click();
		await step(page, /Time zone/);
		await fill(page, { Timezone: 'Europe/Nowhere' });
		await submit(page);
		await page.locator('.complaint:not([hidden])').first().waitFor();
		await fill(page, { Timezone: 'Europe/Berlin' });
		await submit(page);
		await step(page, /First extension/);
		await holds(page, { Number: '1001' });
		await submit(page);
		await step(page, /3. Number/);
		/* Left, and taken up again later. */
		await page.goto('/');
		await page.getByText('2 of 5').waitFor();
		await page.getByRole('link', { name: 'Go on' }).click();
		await step(page, /3. Number/);
		await fill(page, { Number: '+12125559876' });
		await submit(page);
		await step(page, /Opening hours/);
		await cell(page, 'Saturday 10:00').click();
		/* They are made, but nobody hears of it; then the number is refused:
		   sent again, they are the same hours. */
		await once(page, 'business-hours', 503, (route) => route.fetch());
		await submit(page);
		await said(page, '503');
		await once(page, 'dids/*', 422);
		await submit(page);
		await said(page, '422');
		await submit(page);
		await step(page, /Test call/);
		await page.getByRole('button', { name: 'Call it' }).click();
		await page.locator('main li', { hasText: 'Office' }).waitFor();
		await page.getByRole('button', { name: 'That is right' }).click();
		await step(page, 'Your number is set up');
		await page.getByRole('link', { name: 'To the dashboard' }).click();
		await heading(page, 'Dashboard');
		await page.locator('main:not([aria-busy])').waitFor();
		assert.equal(await page.getByText('in five steps').count(), 0);
		await page.goto('/dids.html');
		await row(page, '+12125559876').getByRole('link',
			{ name: /Office/ }).waitFor();
	},
};

export const hours = {
	async 'a week is painted by mouse and by keyboard'(page) {
		await page.goto('/business-hours.html?new');
		await cell(page, 'Monday 16:30').waitFor();
		await cell(page, 'Saturday 10:00').hover();
		await page.mouse.down();
		const to = await cell(page, 'Sunday 12:30').boundingBox();
		await page.mouse.move(to.x + 3, to.y + 3, { steps: 4 });
		await page.mouse.up();
		assert.deepEqual((await periods(page)).slice(-2),
			['Saturday 10:00 13:00', 'Sunday 10:00 13:00']);
		await cell(page, 'Monday 12:00').focus();
		await page.keyboard.press('Space');
		await page.keyboard.press('ArrowRight');
		await page.keyboard.press('Space');
		assert.deepEqual((await periods(page)).slice(0, 2),
			['Monday 09:00 12:00', 'Monday 13:00 17:00']);
		await cell(page, 'Tuesday 16:30').focus();
		for (let i = 0; i < 2; i += 1)
			await page.keyboard.press('Shift+ArrowRight');
		assert.ok((await periods(page)).includes('Tuesday 09:00 18:00'));
		await cell(page, 'Thursday 16:30').focus();
		await page.keyboard.down('Shift');
		for (const key of ['ArrowRight', 'ArrowRight', 'Tab'])
			await page.keyboard.press(key);
		await page.keyboard.up('Shift');
		assert.ok((await periods(page)).includes('Thursday 09:00 18:00'));
		/* What the rows say to the minute is seen, and stays beside paint. */
		await fill(page, { 'Period 1/From': '08:45' });
		await input(page, 'Period 1/To').focus();
		await cell(page, 'Monday 08:30 partly open').waitFor();
		await cell(page, 'Wednesday 09:00').click();
		const all = await periods(page);
		assert.ok(all.includes('Monday 08:45 12:00'), `${all}`);
		assert.ok(all.includes('Wednesday 09:30 17:00'), `${all}`);
		/* What is no period yet is not painted over. */
		await fill(page, { 'Period 2/From': '9 am' });
		await cell(page, 'Wednesday 09:30').click();
		assert.equal((await periods(page)).at(-1), 'Monday 9 am 17:00');
	},
	async 'exceptions are chosen in a calendar'(page) {
		await page.goto('/business-hours.html');
		await row(page, 'Office').getByRole('link').first().click();
		await heading(page, 'Office');
		await page.getByRole('button', { name: 'Next month' }).click();
		await page.locator('.month td button').nth(9).click();
		const one = page.getByRole('group', { name: 'Exception 1' });
		assert.match(await one.getByLabel(/^From/).inputValue(),
			/^\d{4}-\d\d-10$/);
		await page.keyboard.type('Party');
		/* Every year is no year, and once is the next time. */
		for (const [yearly, is] of [[true, /^\d\d-10$/],
			[false, /^\d{4}-\d\d-10$/], [true, /^\d\d-10$/]]) {
			await fill(page, { 'Exception 1/Yearly': yearly });
			for (const name of ['From', 'To'])
				assert.match(await input(page, `Exception 1/${name}`)
					.inputValue(), is);
		}
		await submit(page);
		await toast(page, 'Saved').waitFor();
		await page.reload();
		await page.getByRole('button', { name: 'Next month' }).click();
		await page.getByRole('button', { name: /10.*: Party, closed/ })
			.waitFor();
	},
	async 'an override has an end, and ends'(page) {
		await page.getByRole('group', { name: 'Exception 1' }).waitFor();
		await page.getByLabel('Override').selectOption({ label: 'Open' });
		await page.getByLabel('Until').fill('2001-01-01T10:00');
		await page.getByRole('button', { name: 'Override' }).click();
		await page.locator('aside .complaint:not([hidden])').waitFor();
		/* What is typed beside it is neither left nor lost by that. */
		const typed = { Timezone: 'Europe/Paris' };
		await fill(page, typed);
		await Promise.all([page.waitForEvent('dialog').then((asked) => {
			assert.equal(asked.type(), 'beforeunload');
			return asked.dismiss();
		}), page.locator('#side').getByRole('link', { name: 'Extensions' })
			.click()]);
		await page.getByLabel('Until').fill('2031-01-01T10:00');
		const set = twice(page, '/override');
		await page.getByRole('button', { name: 'Override' }).evaluate(
			set.press);
		await toast(page, 'Open until Jan 1, 2031, 10:00 AM').waitFor();
		await page.locator('aside', { hasText: 'overridden' })
			.getByText('Open', { exact: true }).waitFor();
		assert.equal(set.end(), 1);
		await page.getByRole('button', { name: 'Follow the schedule again' })
			.click();
		await page.getByRole('button', { name: 'Override' }).waitFor();
		await holds(page, typed);
		await submit(page);
		await toast(page, 'Saved').waitFor();
		assert.ok(page.url().startsWith(`${base}/business-hours.html?id=`));
	},
	async 'the same hours are had by another name'(page) {
		const box = page.getByRole('dialog', { name: /^Duplicate/ });
		const name = box.getByLabel('Name');
		await page.getByRole('button', { name: 'Duplicate' }).click();
		assert.equal(await name.inputValue(), 'Copy of Office');
		await name.fill('Office');
		await box.getByRole('button', { name: 'Duplicate' }).click();
		await box.locator('.complaint:not([hidden])').waitFor();
		await name.fill('Branch');
		await box.getByRole('button', { name: 'Duplicate' }).click();
		await heading(page, 'Branch');
		await holds(page, { Timezone: 'Europe/Paris' });
	},
};
