// Who is entered in a row from now on: the button at its head opens the choice.
export class Carer {
  constructor({ dialog, root, month, onDone }) {
    Object.assign(this, { dialog, month, onDone });
    this.choice = dialog.querySelector("select");
    this.choice.append(...[...month.workers.values()].filter((worker) => month.worksOn(worker.id, `${month.month}-01`)).map((worker) => new Option(worker.name, worker.id)));
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-who]");
      if (button) this.open(button.closest("[data-row]").dataset.row);
    });
    dialog.addEventListener("close", () => { if (dialog.returnValue === "choose") this.choose(); });
  }

  open(decision) {
    this.decision = decision;
    this.dialog.returnValue = "";
    this.dialog.querySelector("[data-person]").textContent = this.month.row(decision).person;
    this.choice.value = this.month.workerOf(decision) ?? "";
    this.dialog.showModal();
  }

  choose() {
    this.month.row(this.decision).picked = this.choice.value || null;
    this.onDone(this.decision);
  }
}
