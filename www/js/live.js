/*
 * What goes on now, as it happens: by an event stream, or, where there is no
 * place for one, asked again and again with the ETag of what is known.
 */

const POLL = 3000;
const STREAM_AGAIN = 30000;
const HIDDEN_FOR = 30000;

/*
 * told: snapshot(all), call(one), gone({ id }) of one that somebody else took,
 *	presence(changes), notice(one), and
 *	how('stream' | 'poll' | 'wait'): how it comes.
 */
export function watch(told) {
	let source = null;
	let etag = null;
	let poll = 0;
	let again = 0;
	let hidden = 0;

	function stop() {
		source?.close();
		source = null;
		clearTimeout(poll);
		clearTimeout(again);
		poll = 0;
	}

	async function look() {
		const mine = poll;
		const headers = { Accept: 'application/json' };
		if (etag)
			headers['If-None-Match'] = etag;
		try {
			const answer = await fetch('/cgi-bin/events',
				{ headers, cache: 'no-store' });
			const all = answer.status === 200 ? (await answer.json()).data
				: null;
			/* Meanwhile there was a stream, which knows better. */
			if (poll !== mine)
				return;
			if (all) {
				etag = answer.headers.get('ETag');
				told.snapshot(all);
			}
			told.how(answer.ok || answer.status === 304 ? 'poll' : 'wait');
		} catch {
			told.how('wait');
		}
		if (poll === mine)
			poll = setTimeout(look, POLL);
	}

	function follow() {
		const mine = new EventSource('/cgi-bin/events');
		const on = (name, does) => mine.addEventListener(name, (event) =>
			does(JSON.parse(event.data)));
		source = mine;
		on('snapshot', (all) => {
			clearTimeout(poll);
			poll = 0;
			/* What was polled is not what is shown any more. */
			etag = null;
			told.how('stream');
			told.snapshot(all);
		});
		on('call', told.call);
		on('gone', told.gone);
		on('presence', told.presence);
		on('notice', told.notice);
		mine.addEventListener('error', () => {
			if (source !== mine)
				return;
			if (mine.readyState === EventSource.CONNECTING) {
				/* It comes again, and says what it knows already. */
				told.how('wait');
				return;
			}
			source = null;
			if (poll === 0)
				poll = setTimeout(look, 0);
			again = setTimeout(follow, STREAM_AGAIN);
		});
		/* Whoever resumes is told only what he missed. */
		mine.addEventListener('open', () => told.how('stream'));
	}

	/* A page that nobody looks at holds no stream for long. */
	document.addEventListener('visibilitychange', () => {
		clearTimeout(hidden);
		if (document.hidden)
			hidden = setTimeout(stop, HIDDEN_FOR);
		else if (source === null && poll === 0)
			follow();
	});
	follow();
}
