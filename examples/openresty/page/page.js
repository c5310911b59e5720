// Shows jobs as the server tells of them, and posts new ones. All text goes in as text, never as HTML.
"use strict";

const list = document.getElementById("jobs");
const form = document.getElementById("form");
const button = document.getElementById("start");
const prompt = document.getElementById("prompt");
const trouble = document.getElementById("trouble");
const connection = document.getElementById("connection");
const states = { running: "Running", succeeded: "Done", failed: "Failed" };

function rows(attempts) {
  return attempts.map((attempt, place) => {
    const row = document.createElement("tr");
    const cells = [place + 1, attempt.model, attempt.outcome, (attempt.decision || "").replace("_", " "), attempt.credits ?? "",
      attempt.seconds === undefined ? "" : attempt.seconds.toFixed(1) + " s"];
    for (const text of cells) row.insertCell().textContent = text;
    if (attempt.code) row.cells[2].append(Object.assign(document.createElement("small"), { textContent: attempt.code }));
    return row;
  });
}

function showResult(place, job) {
  const source = job.result || "";
  if (!source) return place.replaceChildren(job.state === "failed" ? "No result" : "Not there yet");
  if (place.dataset.source === source) return; // a video that plays goes on
  place.dataset.source = source;
  const video = source.endsWith(".mp4");
  const element = document.createElement(video ? "video" : "img");
  element.src = source;
  if (video) element.controls = true; else element.alt = "Result for: " + job.prompt;
  place.replaceChildren(element);
}

function show(job) {
  let item = document.getElementById(job.id);
  if (!item) {
    item = document.getElementById("job").content.firstElementChild.cloneNode(true);
    item.id = job.id;
    item.dataset.number = job.number;
    list.insertBefore(item, [...list.children].find((other) => Number(other.dataset.number) < job.number) || null); // newest first
  }
  const part = (name) => item.querySelector(name);
  const attempts = job.attempts || [];
  item.className = job.state;
  part("h3").textContent = job.prompt;
  part(".state").textContent = states[job.state];
  part(".model").textContent = job.model;
  part(".now").hidden = job.state !== "running";
  if (job.progress === undefined) part("progress").removeAttribute("value"); else part("progress").value = job.progress;
  part(".says").textContent = job.says || "";
  part(".trouble").hidden = !job.trouble;
  if (job.trouble) {
    const meaning = job.trouble.meaning || job.trouble.class;
    part(".meaning").textContent = meaning.charAt(0).toUpperCase() + meaning.slice(1) + ".";
    part(".advice").textContent = job.trouble.advice || "";
    part(".said").textContent = "“" + job.trouble.said + "” – " + (job.trouble.code || job.trouble.class);
  }
  part("details").hidden = attempts.length === 0;
  part("summary").textContent = attempts.length === 1 ? "1 attempt" : attempts.length + " attempts";
  part("tbody").replaceChildren(...rows(attempts));
  showResult(part(".result"), job);
  document.getElementById("none").hidden = true;
}

async function load() {
  const answer = await fetch("/jobs");
  for (const job of await answer.json()) show(job);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  trouble.textContent = "";
  button.disabled = true;
  try {
    const kind = new FormData(form).get("kind");
    const answer = await fetch("/jobs", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ prompt: prompt.value, kind }) });
    const job = await answer.json();
    if (!answer.ok) throw new Error(job.error);
    show(job);
    form.reset();
  } catch (error) {
    trouble.textContent = error instanceof TypeError || error instanceof SyntaxError ? "The server cannot be reached. Try again in a moment." : error.message;
  }
  button.disabled = false;
  prompt.focus();
});

const events = new EventSource("/events");
events.onmessage = (event) => show(JSON.parse(event.data));
events.onopen = () => { connection.textContent = "Connected"; load().catch(() => {}); }; // an nginx started anew counts from nothing
events.onerror = () => { // it comes back by itself after an end, but not after an answer that is no stream: then it is closed, and asks no more
  const closed = events.readyState === EventSource.CLOSED;
  connection.textContent = closed ? "The server tells no more of its jobs; load the page again." : "Connection lost; trying again …";
};
