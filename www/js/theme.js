/* Before anything is drawn: the theme that this browser was told to keep. */
(() => {
	let theme = null;
	try {
		theme = localStorage.getItem('theme');
	} catch {
		/* a browser that keeps nothing */
	}
	if (theme === 'light' || theme === 'dark')
		document.documentElement.dataset.theme = theme;
})();
