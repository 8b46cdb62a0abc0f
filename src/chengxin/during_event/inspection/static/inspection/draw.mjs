#!/usr/bin/env node
/* 核验抽取：re-runs a draw of random inspections from its published files. No dependency, no network, no build step.
 *
 * In node: node verifiers/draw.mjs FOLDER — exit status 0: the draw is what its files make it; 1: it is not.
 * In a page: an inline module, then verify(files) with the bytes of each file. What is computed is written in docs/draws.md.
 * Never write the end tag of a script element in this file: the page for use without a network carries it inline. */

export const INPUT_FILES = ["rule.json", "pool.jsonl", "excluded.jsonl", "inspectors.jsonl"];
export const REVEALS = "reveals.json";
export const OUTPUT_FILES = ["firms.jsonl", "assignments.jsonl", "draw.json"];
export const FILES = [...INPUT_FILES, REVEALS, ...OUTPUT_FILES];

const TOLD = 5; // so many differences of one file are told, the rest is counted
const LARGEST_WEIGHT = 999999999;
const NUMBER = /^(0|[1-9][0-9]{0,11})$/;
const DIGEST = /^[0-9a-f]{64}$/;

/** What makes the files no draw at all; the message is the sentence to show. */
export class Refused extends Error {}

/* ---- SHA-256 (FIPS 180-4), our own so that the page works from file:// and plain http, without waiting for each hash ---- */

const ROUND = new Int32Array(64);
const BEGIN = new Int32Array(8);
(function constants() { // the first 32 bits of the fractional parts of the roots of primes
  const fraction = (x) => Math.floor((x - Math.floor(x)) * 4294967296) | 0;
  for (let n = 2, found = 0; found < 64; n += 1) {
    let prime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) { prime = false; break; }
    if (!prime) continue;
    if (found < 8) BEGIN[found] = fraction(Math.sqrt(n));
    ROUND[found] = fraction(Math.cbrt(n));
    found += 1;
  }
})();
const WORDS = new Int32Array(64);

function compress(state, bytes, offset) {
  for (let i = 0, at = offset; i < 16; i += 1, at += 4) {
    WORDS[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = WORDS[i - 15], y = WORDS[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    WORDS[i] = (WORDS[i - 16] + s0 + WORDS[i - 7] + s1) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + WORDS[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
}

function sha256Words(bytes) {
  const state = BEGIN.slice();
  const whole = bytes.length - (bytes.length % 64);
  for (let at = 0; at < whole; at += 64) compress(state, bytes, at);
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(bytes.length / 536870912));
  view.setUint32(tail.length - 4, (bytes.length * 8) >>> 0);
  for (let at = 0; at < tail.length; at += 64) compress(state, tail, at);
  return state;
}

export function sha256(bytes) {
  const out = new Uint8Array(32);
  const view = new DataView(out.buffer);
  sha256Words(bytes).forEach((word, i) => view.setInt32(i * 4, word));
  return out;
}

/* ---- bytes and texts ---- */

const encoder = new TextEncoder();
const utf8 = (text) => encoder.encode(text);
export const hex = (bytes) => Array.from(bytes, (value) => value.toString(16).padStart(2, "0")).join("");
const fromHex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

/** Each part after its length as four bytes, big-endian. */
function joined(parts) {
  let length = 0;
  for (const part of parts) length += 4 + part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out[at] = part.length >>> 24; out[at + 1] = part.length >>> 16; out[at + 2] = part.length >>> 8; out[at + 3] = part.length;
    out.set(part, at + 4);
    at += 4 + part.length;
  }
  return out;
}

const hashOf = (...parts) => sha256(joined(parts.map((part) => (typeof part === "string" ? utf8(part) : part))));

function eightBytes(number) {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(number));
  return out;
}

function byCodePoint(left, right) {
  const a = Array.from(left, (character) => character.codePointAt(0)), b = Array.from(right, (character) => character.codePointAt(0));
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) if (a[i] !== b[i]) return a[i] - b[i];
  return a.length - b.length;
}

/** RFC 8785 for a flat object of texts with ASCII keys; empty values are absent. */
function canonical(row) {
  const members = Object.keys(row).filter((key) => row[key] !== "").sort().map((key) => `${JSON.stringify(key)}:${JSON.stringify(row[key])}`);
  return `{${members.join(",")}}`;
}

/* ---- reading ---- */

function malformed(name, number, said) {
  return new Refused(`${name}${number ? ` 第 ${number} 行` : ""}：${said}。（文件要与封存的逐字节相同；请重新下载，不要用其他软件另存。）`);
}

function contentOf(files, name) {
  const content = files[name];
  if (!content) throw new Refused(`缺少文件 ${name}。（把公布的文件下载齐全，放在同一个文件夹里。）`);
  return content;
}

function rowsOf(files, name, keys, needed, single = false) {
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(contentOf(files, name));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw malformed(name, 0, "不是 UTF-8");
  }
  if (text !== "" && !text.endsWith("\n")) throw malformed(name, 0, "最后一行不完整");
  const lines = text.split("\n").slice(0, -1);
  if (single && lines.length !== 1) throw malformed(name, 0, "只应有一行");
  return lines.map((line, place) => parsed(name, place + 1, line, keys, needed));
}

function parsed(name, number, line, keys, needed) {
  let row;
  try {
    row = JSON.parse(line);
  } catch {
    throw malformed(name, number, "不是完整的 JSON");
  }
  const isFlat = typeof row === "object" && row !== null && !Array.isArray(row);
  if (!isFlat || !Object.values(row).every((value) => typeof value === "string" && value !== "")) {
    throw malformed(name, number, "应是一层的对象，值都是不空的文本");
  }
  if (!Object.keys(row).every((key) => keys.test(key)) || !needed.every((key) => Object.hasOwn(row, key))) {
    throw malformed(name, number, "有不认识的字段，或者缺少必要的字段");
  }
  if (canonical(row) !== line || /\p{Surrogate}/u.test(Object.values(row).join(""))) throw malformed(name, number, "不是规范形式");
  return row;
}

function namesIn(row, key, name) {
  const names = row[key] === undefined ? [] : row[key].split(",");
  if (names.includes("")) throw malformed(name, 0, `${key} 里有空的一项`);
  return names;
}

function numberIn(row, key) {
  if (!NUMBER.test(row[key] ?? "")) throw malformed("rule.json", 0, `${key} 应是整数`);
  return Number(row[key]);
}

const RULE_KEYS = new RegExp(
  "^(plan|matter|policy_digest|public_source|public_due_at|reveal_due_at|rotation|stratum\\.[1-9][0-9]*(\\.per_mille)?" +
  "|office\\.[1-9][0-9]*(\\.inspectors|\\.licences|\\.fields)?|party\\.[1-9][0-9]*(\\.commitment)?)$",
);

function readRule(files) {
  const [row] = rowsOf(files, "rule.json", RULE_KEYS, ["plan", "matter", "policy_digest", "public_source"], true);
  const places = (name) => {
    const found = [];
    for (let number = 1; number < Object.keys(row).length; number += 1) if (row[`${name}.${number}`] !== undefined) found.push(`${name}.${number}`);
    return found;
  };
  const rule = {
    plan: row.plan, revealDueAt: numberIn(row, "reveal_due_at"), publicDueAt: numberIn(row, "public_due_at"), rotation: row.rotation === "yes",
    strata: places("stratum").map((key) => ({ name: row[key], perMille: numberIn(row, `${key}.per_mille`) })),
    offices: places("office").map((key) => ({
      office: row[key], inspectors: numberIn(row, `${key}.inspectors`),
      licences: namesIn(row, `${key}.licences`, "rule.json"), fields: namesIn(row, `${key}.fields`, "rule.json"),
    })),
    parties: places("party").map((key) => ({ name: row[key], commitment: row[`${key}.commitment`] ?? "" })),
  };
  if (canonical(ruleRow(row, rule)) !== canonical(row)) throw malformed("rule.json", 1, "各层、各机关、各方的编号不连续，或者有重复、多余的内容");
  if (!rule.parties.every((party) => DIGEST.test(party.commitment))) throw malformed("rule.json", 1, "各方的封存值应是 64 位十六进制");
  return rule;
}

function ruleRow(row, rule) {
  const made = { rotation: rule.rotation ? "yes" : "no" };
  for (const key of ["plan", "matter", "policy_digest", "public_source", "public_due_at", "reveal_due_at"]) made[key] = row[key];
  const listed = (names) => [...new Set(names)].sort(byCodePoint).join(",");
  rule.strata.forEach(({ name, perMille }, i) => { made[`stratum.${i + 1}`] = name; made[`stratum.${i + 1}.per_mille`] = String(perMille); });
  rule.offices.forEach((task, i) => {
    const key = `office.${i + 1}`;
    made[key] = task.office; made[`${key}.inspectors`] = String(task.inspectors);
    made[`${key}.licences`] = listed(task.licences); made[`${key}.fields`] = listed(task.fields);
  });
  rule.parties.forEach(({ name, commitment }, i) => { made[`party.${i + 1}`] = name; made[`party.${i + 1}.commitment`] = commitment; });
  return made;
}

function readInputs(files) {
  const rule = readRule(files);
  const firms = rowsOf(files, "pool.jsonl", /^(code|stratum|weight|area|last)$/, ["code", "stratum"]).map((row) => ({
    code: row.code, stratum: row.stratum, weight: NUMBER.test(row.weight ?? "") ? Number(row.weight) : 0,
    area: row.area ?? "", last: namesIn(row, "last", "pool.jsonl"),
  }));
  const excluded = rowsOf(files, "excluded.jsonl", /^(code|because)$/, ["code", "because"]);
  const inspectors = rowsOf(files, "inspectors.jsonl", /^(id|office|licences|fields|areas|conflicts)$/, ["id", "office"]).map((row) => {
    const lists = Object.fromEntries(["licences", "fields", "areas", "conflicts"].map((key) => [key, namesIn(row, key, "inspectors.jsonl")]));
    return { id: row.id, office: row.office, ...lists, conflicts: new Set(lists.conflicts) };
  });
  const inputs = { rule, firms, excluded, inspectors };
  checkInputs(inputs);
  return inputs;
}

function twice(names) {
  const seen = new Set();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

function checkInputs({ rule, firms, excluded, inspectors }) {
  const refuseTwice = (what, names) => {
    const found = twice(names);
    if (found !== undefined) throw new Refused(`${what}“${found}”出现不止一次。`);
  };
  for (const { name, perMille } of rule.strata) {
    if (perMille < 1 || perMille > 1000) throw new Refused(`“${name}”层的抽查比例是千分之 ${perMille}，应在千分之 1 到千分之 1000 之间。`);
  }
  for (const [what, list] of [["层", rule.strata], ["机关", rule.offices], ["出随机数的一方", rule.parties]]) {
    if (!list.length) throw new Refused(`抽取规则里没有${what}。`);
    refuseTwice(`抽取规则里${what}`, list.map((one) => one.name ?? one.office));
  }
  if (rule.offices.some((task) => task.inspectors < 1)) throw new Refused("抽取规则里有机关不派检查人员。");
  if (rule.publicDueAt <= rule.revealDueAt) throw new Refused("公开随机数在各方开封截止以前就能知道，最后开封的一方可以挑选结果。");
  if (!firms.length) throw new Refused("抽查对象名单是空的。");
  refuseTwice("抽查对象名单里", firms.map((firm) => firm.code));
  const strata = new Set(rule.strata.map((stratum) => stratum.name));
  for (const { code, weight, stratum } of firms) {
    if (weight < 1 || weight > LARGEST_WEIGHT) throw new Refused(`${code} 的权重不是 1 到 ${LARGEST_WEIGHT} 的整数。`);
    if (!strata.has(stratum)) throw new Refused(`${code} 属于“${stratum}”层，规则里没有这一层的抽查比例。`);
  }
  refuseTwice("排除名单里", excluded.map((row) => row.code));
  const codes = new Set(firms.map((firm) => firm.code));
  for (const { code } of excluded) if (codes.has(code)) throw new Refused(`${code} 既在抽查对象名单里，又在排除名单里。`);
  refuseTwice("检查人员名单里", inspectors.map((one) => one.id));
  checkVisits(rule, firms, inspectors);
}

/* Whoever is drawn can be visited: a draw that fails once the seed is known would have to be made again, and be a way to choose. */
function checkVisits(rule, firms, inspectors) {
  const qualified = qualifying(rule, inspectors);
  const inConflict = new Set(inspectors.flatMap((one) => [...one.conflicts]));
  for (const firm of firms) {
    for (const task of rule.offices) {
      const candidates = qualified(task, firm.area);
      if (candidates.length <= task.inspectors || inConflict.has(firm.code)) eligibleFor(firm, task, candidates, rule.rotation);
    }
  }
}

/* ---- seed ---- */

export function commitmentOf(files) {
  return hashOf("chengxin/draw/commitment/v1", ...INPUT_FILES.map((name) => sha256(contentOf(files, name))));
}

/** The sealed number of a party: hexadecimal, from the plan, its name and its 32 bytes. */
export function partyCommitmentOf(plan, party, number) {
  return hex(hashOf("chengxin/draw/reveal/v1", plan, party, number));
}

function seedOf(files, rule) {
  const [row] = rowsOf(files, REVEALS, /^(public_value|public_seen_at|party\.[1-9][0-9]*)$/, ["public_value"], true);
  if (Object.keys(row).filter((key) => key.startsWith("party.")).length !== rule.parties.length) throw new Refused("开封记录里的各方与规则里的不一致。");
  const reveals = rule.parties.map((party, i) => {
    const said = row[`party.${i + 1}`] ?? "";
    if (said === "withheld") return "withheld";
    if (!DIGEST.test(said) || partyCommitmentOf(rule.plan, party.name, fromHex(said)) !== party.commitment) {
      throw new Refused(`“${party.name}”开封的随机数与它事先封存的不符。`);
    }
    return fromHex(said);
  });
  const said = row.public_value;
  if (/^ | $/.test(said) || /[\p{C}\p{Z}]/u.test(said.replaceAll(" ", ""))) throw new Refused("公开随机数前后有空格，或者有看不见的字符。");
  return hashOf("chengxin/draw/seed/v1", commitmentOf(files), ...reveals, said);
}

/* ---- firms ---- */

/** A whole number from 0 to bound − 1, each equally likely: blocks of a counter stream, those that would bias are thrown away. */
export function uniformBelow(bound, ...labels) {
  const usable = (1n << 256n) - ((1n << 256n) % bound);
  for (let counter = 0; ; counter += 1) {
    const number = BigInt(`0x${hex(hashOf(...labels, eightBytes(counter)))}`);
    if (number < usable) return number % bound;
  }
}

function inOrder(seed, stratum, firms) {
  const [mark, name] = [utf8("firm"), utf8(stratum)];
  const keyed = firms.map((firm) => ({ firm, key: sha256Words(joined([seed, mark, name, utf8(firm.code)])) }));
  return keyed.sort(byKey).map(({ firm }) => firm);
}

function byKey(left, right) {
  for (let i = 0; i < 8; i += 1) if (left.key[i] !== right.key[i]) return (left.key[i] >>> 0) - (right.key[i] >>> 0);
  return 0;
}

function* sampleStratum(seed, { name, perMille }, firms) {
  if (!firms.length) return;
  const ordered = inOrder(seed, name, firms);
  let left = BigInt(Math.ceil((ordered.length * perMille) / 1000));
  let total = ordered.reduce((sum, firm) => sum + BigInt(firm.weight), 0n);
  const certain = new Set();
  for (let found = true; found;) { // who would be due with probability one or more is taken, and the rest shares what is left
    const taken = ordered.filter((firm) => !certain.has(firm) && left * BigInt(firm.weight) >= total);
    for (const firm of taken) { certain.add(firm); total -= BigInt(firm.weight); }
    left -= BigInt(taken.length);
    found = taken.length > 0 && left > 0n;
  }
  // Each open firm is left·weight long; the grid start, start + total, start + 2·total … falls on those that are drawn.
  let point = total > 0n ? uniformBelow(total, seed, "start", name) : 0n;
  let end = 0n;
  for (const [place, firm] of ordered.entries()) {
    const is = { code: firm.code, order: String(place + 1), stratum: name, firm };
    if (certain.has(firm)) {
      yield { ...is, drawn: "yes", probability: "1/1" };
      continue;
    }
    end += left * BigInt(firm.weight);
    const isDrawn = point < end;
    if (isDrawn) point += total;
    yield { ...is, drawn: isDrawn ? "yes" : "no", probability: `${left * BigInt(firm.weight)}/${total}` };
  }
}

/* ---- inspectors ---- */

function mayGo(inspector, task, area) {
  return inspector.office === task.office && task.licences.every((one) => inspector.licences.includes(one)) &&
    task.fields.every((one) => inspector.fields.includes(one)) &&
    (area === "" || !inspector.areas.length || inspector.areas.some((beginning) => area.startsWith(beginning)));
}

/** n over k. */
function choose(n, k) {
  let ways = 1n;
  for (let i = 1n; i <= k; i += 1n) ways = (ways * (n - k + i)) / i;
  return ways;
}

/** Office and area → the inspectors that are qualified, conflicts not looked at; each looked up once. */
function qualifying(rule, inspectors) {
  const known = new Map(rule.offices.map((task) => [task, new Map()]));
  return (task, area) => {
    const byArea = known.get(task);
    if (!byArea.has(area)) byArea.set(area, inspectors.filter((one) => mayGo(one, task, area)));
    return byArea.get(area);
  };
}

function eligibleFor(firm, task, qualified, rotation) {
  const eligible = qualified.filter((one) => !one.conflicts.has(firm.code)).map((one) => one.id);
  const size = task.inspectors;
  const before = new Set(firm.last);
  const last = new Set(qualified.map((one) => one.id).filter((id) => before.has(id)));
  const isBarred = rotation && last.size === size && [...last].every((id) => eligible.includes(id));
  if (eligible.length < size + (isBarred ? 1 : 0)) throw new Refused(`${firm.code} 的检查：“${task.office}”的检查人员不够 ${size} 人。`);
  return { eligible, last, isBarred };
}

function assign(seed, firm, task, qualified, rotation) {
  const { eligible, last, isBarred } = eligibleFor(firm, task, qualified, rotation);
  const size = task.inspectors;
  const ids = eligible.map((id) => [id, utf8(id)]);
  const said = [seed, utf8("inspector"), utf8(task.office), utf8(firm.code)];
  let chosen;
  for (let turn = 0; chosen === undefined || (isBarred && chosen.every((id) => last.has(id))); turn += 1) {
    const begun = [...said, eightBytes(turn)];
    const keyed = ids.map(([id, bytes]) => ({ id, key: sha256Words(joined([...begun, bytes])) }));
    chosen = keyed.sort(byKey).slice(0, size).map(({ id }) => id);
  }
  const [n, k] = [BigInt(eligible.length), BigInt(size)];
  const probability = (id) => (isBarred ? `${choose(n - 1n, k - 1n) - (last.has(id) ? 1n : 0n)}/${choose(n, k) - 1n}` : `${size}/${eligible.length}`);
  return { eligible: String(eligible.length), firm: firm.code, inspectors: chosen.join(","), office: task.office, probability: chosen.map(probability).join(",") };
}

/* ---- all of it ---- */

/** Re-runs the draw step by step, yields the share that is done (0 to 1), returns the texts of the three published files of the result. */
export function* drawing(files) {
  const inputs = readInputs(files);
  yield 0.2;
  const { rule } = inputs;
  const seed = seedOf(files, rule);
  const byStratum = new Map(rule.strata.map((stratum) => [stratum.name, []]));
  for (const firm of inputs.firms) byStratum.get(firm.stratum).push(firm);
  const firms = [];
  for (const stratum of rule.strata) {
    for (const firm of sampleStratum(seed, stratum, byStratum.get(stratum.name))) firms.push(firm);
    yield 0.2 + (0.4 * firms.length) / inputs.firms.length;
  }
  const drawn = firms.filter((firm) => firm.drawn === "yes");
  const qualified = qualifying(rule, inputs.inspectors);
  const assignments = [];
  for (const [place, { firm }] of drawn.entries()) {
    for (const task of rule.offices) {
      assignments.push(assign(seed, firm, task, qualified(task, firm.area), rule.rotation));
    }
    if (place % 500 === 499) yield 0.6 + (0.4 * place) / drawn.length;
  }
  const lines = (rows) => rows.map((row) => `${canonical(row)}\n`).join("");
  const made = { "firms.jsonl": lines(firms.map(({ firm, ...row }) => row)), "assignments.jsonl": lines(assignments) };
  const row = { plan: rule.plan, commitment: hex(commitmentOf(files)), seed: hex(seed), firms: String(firms.length), drawn: String(drawn.length) };
  for (const name of [...INPUT_FILES, REVEALS]) row[`sha256.${name}`] = hex(sha256(contentOf(files, name)));
  for (const [name, text] of Object.entries(made)) row[`sha256.${name}`] = hex(sha256(utf8(text)));
  return { ...made, "draw.json": lines([row]) };
}

function differences(name, expected, content) {
  const bytes = utf8(expected);
  if (bytes.length === content.length && bytes.every((value, i) => value === content[i])) return [];
  const published = new TextDecoder("utf-8", { ignoreBOM: true }).decode(content);
  const [should, said] = [expected.split("\n"), published.split("\n")];
  const wrong = [];
  for (let place = 0; place < Math.max(should.length, said.length); place += 1) if (should[place] !== said[place]) wrong.push(place);
  const at = (found, place) => found[place] ?? "（没有这一行）";
  const told = wrong.slice(0, TOLD).map((place) => `${name} 第 ${place + 1} 行：公布的是“${at(said, place)}”，按公布的材料应为“${at(should, place)}”。`);
  if (!wrong.length) return [`${name} 不是 UTF-8。`];
  return wrong.length > TOLD ? [...told, `${name} 共有 ${wrong.length} 行不符。`] : told;
}

/** What does not agree; none if the draw is what its files make it. files: name → Uint8Array. Yields the share that is done. */
export function* verifying(files) {
  try {
    for (const name of OUTPUT_FILES) contentOf(files, name);
    const made = yield* drawing(files);
    return OUTPUT_FILES.flatMap((name) => differences(name, made[name], files[name]));
  } catch (error) {
    if (error instanceof Refused) return [error.message];
    throw error;
  }
}

/** The same in one go. */
export function verify(files) {
  const steps = verifying(files);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The alias under which a firm stands in the files: hexadecimal, from the plan, its code and its own secret (hexadecimal). */
export function aliasOf(plan, code, secret) {
  return hex(hashOf("chengxin/draw/alias/v1", plan, code, fromHex(secret)));
}

globalThis.chengxinDraw = { FILES, verifying, commitmentOf, aliasOf, partyCommitmentOf }; // for the script of the page, which stands beside this one

if (typeof process !== "undefined" && process.argv?.[1]) {
  const [{ pathToFileURL }, fs, path] = await Promise.all([import("node:url"), import("node:fs"), import("node:path")]);
  if (import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
    const folder = process.argv[2];
    if (!folder) {
      console.error("用法：node verifiers/draw.mjs 文件夹");
      process.exit(2);
    }
    const present = FILES.filter((name) => fs.existsSync(path.join(folder, name)));
    const files = Object.fromEntries(present.map((name) => [name, new Uint8Array(fs.readFileSync(path.join(folder, name)))]));
    const found = verify(files);
    if (found.length) process.exitCode = 1;
    console.log(found.length ? ["不一致：", ...found].join("\n") : `一致：封存值 ${hex(commitmentOf(files))}，按公布的材料重新抽取，结果逐字节相同。`);
  }
}
