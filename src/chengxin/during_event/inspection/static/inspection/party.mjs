/* A party's number is made here, in its own browser, and stays here: only its hash goes into the form. Without scripts the command line
 * makes one. */

const { partyCommitmentOf } = globalThis.chengxinDraw;
const place = document.getElementById("party-number");
const button = document.querySelector("#make-number button");

document.getElementById("make-number").hidden = false;
button.addEventListener("click", () => {
  const number = crypto.getRandomValues(new Uint8Array(32));
  const written = Array.from(number, (value) => value.toString(16).padStart(2, "0")).join("");
  const commitment = partyCommitmentOf(place.dataset.plan, place.dataset.party, number);
  document.getElementById("secret-number").textContent = written;
  document.getElementById("commitment").value = commitment;
  const text = `计划：${place.dataset.plan}\n哪一方：${place.dataset.party}\n随机数（开封以前保密）：${written}\n封存值：${commitment}\n`;
  document.getElementById("save-number").href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  document.getElementById("made-number").hidden = false;
  button.textContent = "重新生成";
});
