// SPDX-License-Identifier: MIT
/* Opens a page in headless Chromium, does what readers do, and prints what it saw as JSON.
 * drive.js PAGE FOLDER   pictures of it go to FOLDER */
"use strict";
const path = require("path");
const build = path.resolve(__dirname, "../..", process.env.B || "build");
const { chromium } = require(path.join(build, "npm/playwright-core"));

const WIDTHS = [320, 768, 1280, 2560];
const OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
	"--disable-component-update", "--disable-sync"];

/* What is drawn on each canvas: colours other than grey, of what is not transparent. */
const canvases = (page) => page.$$eval("figure[data-chart] canvas", (all) => all.map((canvas) => {
	const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
	const colours = {};
	let drawn = 0;
	for (let i = 0; i < data.length; i += 4) {
		if (data[i + 3] < 200)
			continue;
		drawn++;
		const [r, g, b] = data.slice(i, i + 3);
		if (Math.max(r, g, b) - Math.min(r, g, b) > 50)
			colours[[r, g, b].join()] = (colours[[r, g, b].join()] || 0) + 1;
	}
	const most = Object.entries(colours).sort((a, b) => b[1] - a[1]).slice(0, 4);
	return { drawn, coloured: Object.values(colours).reduce((a, b) => a + b, 0), most: most.map((m) => m[0]) };
}));

const tip = (page) => page.$$eval(".tip:not([hidden])", (all) => all.map((t) => t.textContent));
const focused = (page) => page.evaluate(() => {
	const e = document.activeElement;
	return e.className.split(" ")[0] || e.tagName.toLowerCase();
});

async function open(browser, file, options, seen) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	page.on("console", (m) => seen.console.push(m.type() + ": " + m.text()));
	page.on("pageerror", (e) => seen.console.push("error: " + e.message));
	page.on("request", (r) => seen.requests.push(r.url()));
	await page.goto("file://" + path.resolve(file));
	return page;
}

async function wide(page, folder, seen) {
	seen.widths = [];
	for (const width of WIDTHS) {
		await page.setViewportSize({ width, height: 900 });
		await page.waitForTimeout(150);
		seen.widths.push(await page.evaluate(() => ({
			width: innerWidth, page: document.documentElement.scrollWidth,
			charts: [...document.querySelectorAll("figure[data-chart]")].map((f) => {
				const chart = f.querySelector(".uplot").getBoundingClientRect(), place = f.getBoundingClientRect();
				return chart.width > 150 && chart.left >= place.left && chart.right <= place.right + .5;
			}),
		})));
		await page.screenshot({ path: path.join(folder, `light-${width}.png`), fullPage: true });
	}
	await page.setViewportSize({ width: 1280, height: 900 });
}

async function point(page, seen) {
	seen.tips = [];
	for (const over of await page.$$(".u-over")) {
		await over.scrollIntoViewIfNeeded();
		const box = await over.boundingBox();
		await page.mouse.move(box.x + box.width * .45, box.y + box.height * .5);
		seen.tips.push((await tip(page)).join());
		await page.mouse.move(0, 0);
	}
	seen.tips_left = await tip(page);
}

async function keys(page, seen) {
	await page.evaluate(() => { document.activeElement.blur(); scrollTo(0, 0); });
	seen.focus = [];
	for (let i = 0; i < 400; i++) {
		await page.keyboard.press("Tab");
		const at = await focused(page);
		seen.focus.push(at);
		if (at === "plot")
			break;
	}
	seen.key_tips = [];
	for (const key of ["Home", "ArrowRight", "ArrowRight", "End", "Escape"]) {
		await page.keyboard.press(key);
		seen.key_tips.push((await tip(page)).join());
	}
	await page.keyboard.press("Tab");
	const legend = () => page.evaluate(() => [document.activeElement.closest(".u-legend") !== null,
		document.activeElement.getAttribute("aria-pressed")]);
	seen.legend = [await legend()];
	await page.keyboard.press("Enter");
	await page.waitForTimeout(50);
	seen.legend.push(await legend());
	await page.keyboard.press(" ");
	await page.waitForTimeout(50);
	seen.legend.push(await legend());
	await page.keyboard.press("Tab");
	seen.after_legend = await focused(page);
}

/* What the policy lets a script do that got into the page all the same. */
async function intrude(page, seen) {
	const before = seen.console.length;
	seen.intruder_ran = await page.evaluate(() => {
		const script = document.createElement("script"), image = document.createElement("div");
		script.textContent = "window.intruder = 1";
		image.innerHTML = "<img src=\"data:x\" onerror=\"window.intruder = 2\">";
		document.body.append(script, image);
		return new Promise((done) => setTimeout(() => done(window.intruder || 0), 200));
	});
	seen.console.splice(before);
}

const texts = (page) => page.evaluate(() => ({
	title: document.title, marked: window.marked || 0, images: document.images.length,
	scripts: document.scripts.length, h1: document.querySelector("h1").textContent,
	body: document.body.innerText,
	links: [...document.querySelectorAll("nav a")].every((a) => document.getElementById(a.getAttribute("href").slice(1))),
}));

async function main(file, folder) {
	const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: OPTIONS });
	const seen = { console: [], requests: [] };
	const page = await open(browser, file, {}, seen);

	seen.version = browser.version();
	seen.figures = await page.$$eval("figure[data-chart]", (all) => all.map((f) => f.dataset.chart));
	seen.light = await canvases(page);
	seen.paper = [await page.evaluate(() => getComputedStyle(document.body).backgroundColor)];
	seen.text = await texts(page);
	await wide(page, folder, seen);
	await point(page, seen);
	await keys(page, seen);
	await page.emulateMedia({ colorScheme: "dark" });
	await page.waitForTimeout(200);
	seen.dark = await canvases(page);
	seen.paper.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
	await page.screenshot({ path: path.join(folder, "dark-1280.png"), fullPage: true });
	/* printed from the dark */
	await page.evaluate(() => addEventListener("beforeprint", () => {
		window.printed = [...document.querySelectorAll("details")].map((d) => d.open);
	}));
	seen.pdf_bytes = (await page.pdf({ path: path.join(folder, "print.pdf"), format: "A4" })).length;
	seen.printed_open = await page.evaluate(() => window.printed);
	seen.closed_again = await page.$$eval("details", (all) => all.map((d) => d.open));
	await intrude(page, seen);

	const plain = { console: [], requests: [] };
	const off = await open(browser, file, { javaScriptEnabled: false, viewport: { width: 320, height: 900 } }, plain);
	seen.off = {
		console: plain.console,
		plots: await off.locator(".plot:visible").count(),
		tables: await off.locator("figure[data-chart] table:visible").count(),
		folded: await off.locator("details:not([open])").count(),
	};
	await off.screenshot({ path: path.join(folder, "no-scripts-320.png"), fullPage: true });
	await browser.close();
	console.log(JSON.stringify(seen));
}

main(...process.argv.slice(2)).catch((e) => {
	console.error(e.stack);
	process.exit(1);
});
