/* The page around draw.mjs: takes the published files of a draw, from this site or from the reader's own computer, draws again and shows
 * whether the result is the published one. Works from file://. Only the form's data-files, if it has any, is asked over the network. */

const { FILES, verifying, commitmentOf, aliasOf } = globalThis.chengxinDraw;
const hex = (bytes) => Array.from(bytes, (value) => value.toString(16).padStart(2, "0")).join("");
const form = document.getElementById("rerun-form");
const at = (name) => form.querySelector(`[name="${name}"]`);
const [progress, verdict, firm] = ["rerun-progress", "rerun-verdict", "rerun-firm"].map((id) => document.getElementById(id));
let files = {};
let plan = "";
let firms = [];

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(cells, name) {
  const made = element("tr");
  for (const cell of cells) made.append(element(name, cell));
  return made;
}

function rowsOf(name) {
  return new TextDecoder().decode(files[name]).split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/* Lets the browser draw between two steps. */
const pause = () => new Promise((done) => { setTimeout(done, 0); });

async function take(list) {
  files = {};
  const known = [...list].filter((file) => FILES.includes(file.name));
  for (const file of known) files[file.name] = new Uint8Array(await file.arrayBuffer());
}

async function fetchAll(address) {
  files = {};
  for (const [place, name] of FILES.entries()) {
    progress.value = (0.2 * place) / FILES.length;
    const answer = await fetch(`${address}${name}`);
    if (answer.ok) files[name] = new Uint8Array(await answer.arrayBuffer());
  }
}

async function rerun() {
  verdict.hidden = firm.hidden = true;
  progress.hidden = false;
  progress.value = 0;
  if (!at("files").files.length && form.dataset.files && location.protocol !== "file:") await fetchAll(form.dataset.files);
  else await take(at("files").files);
  await pause();
  const steps = verifying(files);
  let step = steps.next();
  while (!step.done) {
    progress.value = 0.2 + 0.8 * step.value;
    await pause();
    step = steps.next();
  }
  progress.value = 1;
  show(step.value);
}

function show(found) {
  const said = at("commitment").value.trim().toLowerCase();
  if (!found.length && said && said !== hex(commitmentOf(files))) found = [`封存值不同：您填写的是 ${said}，这些文件的是 ${hex(commitmentOf(files))}。`];
  verdict.replaceChildren(element("h2", found.length ? "✗ 与公布的不一致" : "✓ 重新抽取的结果与公布的逐字节相同"));
  verdict.className = found.length ? "conclusion conclusion-against fails" : "conclusion holds";
  const list = element("ul");
  for (const sentence of found) list.append(element("li", sentence));
  verdict.append(list);
  if (!found.length) describe();
  progress.hidden = true;
  verdict.hidden = false;
  verdict.scrollIntoView({ block: "nearest" });
}

function describe() {
  const [result] = rowsOf("draw.json");
  const [reveals] = rowsOf("reveals.json");
  const [rule] = rowsOf("rule.json");
  [plan, firms] = [result.plan, rowsOf("firms.jsonl")];
  const facts = element("dl", undefined, "facts");
  const fact = (key, value, className) => {
    const pair = element("div", undefined, "fact");
    pair.append(element("dt", key), element("dd", value, className));
    facts.append(pair);
  };
  fact("封存值", result.commitment, "mono wrap-anywhere");
  fact("公开随机数", reveals.public_value);
  for (let place = 1; rule[`party.${place}`]; place += 1) {
    fact(rule[`party.${place}`], reveals[`party.${place}`] === "withheld" ? "没有开封（已记录，不影响抽取有效）" : "已开封，与事先封存的相符");
  }
  fact("种子", result.seed, "mono wrap-anywhere");
  const table = element("table");
  const head = element("thead");
  const body = element("tbody");
  head.append(row(["层", "名单户数", "抽中户数"], "th"));
  for (const stratum of new Set(firms.map((one) => one.stratum))) {
    const inside = firms.filter((one) => one.stratum === stratum);
    body.append(row([stratum, String(inside.length), String(inside.filter((one) => one.drawn === "yes").length)], "td"));
  }
  table.append(head, body);
  verdict.append(facts, table);
  firm.hidden = false;
}

function find() {
  const [code, secret] = [at("code").value.trim(), at("secret").value.trim().toLowerCase()];
  const answer = document.getElementById("rerun-answer");
  if (secret && !/^[0-9a-f]{64}$/.test(secret)) {
    answer.textContent = "密钥应是 64 位十六进制，从您的抽查通知上照抄。";
    return;
  }
  const name = secret ? aliasOf(plan, code.toUpperCase(), secret) : code;
  const found = firms.find((one) => one.code === name);
  if (!found) answer.textContent = secret ? "名单里没有由这个代码和密钥得出的化名。" : "名单里没有这个化名。企业以化名列入名单，用代码查还要填密钥。";
  else {
    const said = found.drawn === "yes" ? "抽中了" : "没有抽中";
    const [above, below] = found.probability.split("/").map(Number);
    const about = new Intl.NumberFormat("zh-CN", { style: "percent", maximumSignificantDigits: 2 }).format(above / below);
    answer.textContent = `在名单里，属于“${found.stratum}”层，排在本层第 ${found.order} 位；被抽中的概率是 ${found.probability}，约 ${about}，这次${said}。`;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (document.activeElement?.name === "code" || document.activeElement?.name === "secret" || event.submitter?.name === "find") find();
  else rerun();
});
