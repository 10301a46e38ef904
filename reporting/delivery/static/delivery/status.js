// Whether everything typed is safe: one line that says it plainly, and a warning before the page is left unsafely.
export class Status {
  constructor({ line, queue, texts, signIn }) {
    Object.assign(this, { line, queue, texts, signIn });
    queue.addEventListener("change", () => this.show());
    addEventListener("beforeunload", (event) => {
      if (queue.size && !queue.keep.works) event.preventDefault();
    });
    this.show();
  }

  sentence() {
    const { queue, texts } = this;
    const count = queue.size;
    const safe = queue.keep.works ? "" : "_unsafe";
    if (queue.state === "refused") return texts.say("save_refused");
    if (!count) return queue.savedAt ? texts.say("saved", { time: queue.savedAt }) : texts.say("nothing_typed");
    if (queue.state === "signed_out") return texts.count(`waiting_sign_in${safe}`, count);
    if (queue.state === "resting") return texts.count(`waiting_server${safe}`, count);
    if (queue.state === "offline") return texts.count(`waiting_connection${safe}`, count);
    return texts.count("saving", count);
  }

  show() {
    const { queue } = this;
    const waits = ["offline", "resting", "signed_out", "refused"].includes(queue.state) && queue.size > 0;
    this.line.className = `diary-saved${waits ? " diary-saved-waiting" : ""}`;
    this.line.dataset.state = queue.size ? queue.state : "idle";
    const text = this.sentence();
    const known = `${text}|${queue.troubles.length}`;
    if (this.known === known) return;
    this.known = known;
    this.line.replaceChildren(document.createTextNode(text));
    if (queue.size && queue.state === "signed_out") this.line.append(" ", this.link(this.signIn, this.texts.say("sign_in"), "_blank"));
    if (queue.troubles.length) this.line.append(" · ", this.link("#diary-troubles", this.texts.count("troubles", queue.troubles.length)));
  }

  link(href, text, target = "") {
    return Object.assign(document.createElement("a"), { href, textContent: text, target, rel: target ? "opener" : "" });
  }
}
