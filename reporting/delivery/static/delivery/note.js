// Why a cell was refused, said at the cell itself; it stays beside it while the table scrolls.
const GAP = 6;
const READING_TIME = 6000;

export class Note {
  /** `frame` is what the table scrolls in, `foot` what must not be covered below it. */
  constructor({ element, frame, foot }) {
    Object.assign(this, { element, frame, foot });
    frame.addEventListener("scroll", () => this.place(), { passive: true });
    addEventListener("scroll", () => this.place(), { passive: true });
    addEventListener("resize", () => this.place());
  }

  /** `stays`: whoever goes on meanwhile gets time to read it. */
  show(cell, text, stays = false) {
    this.hide();
    this.cell = cell;
    this.until = stays ? Date.now() + READING_TIME : 0;
    this.element.textContent = text;
    this.element.hidden = false;
    cell.setAttribute("aria-describedby", this.element.id);
    this.place();
  }

  hide() {
    this.cell?.removeAttribute("aria-describedby");
    this.cell = null;
    this.element.hidden = true;
  }

  isAt(cell) { return this.cell === cell; }

  /** Somebody has come to a cell that needs no note. */
  leave() {
    if (this.cell && Date.now() > this.until) this.hide();
  }

  /** Below the cell, or above where there is no room or somebody is typing there. */
  place() {
    if (!this.cell) return;
    const { element } = this;
    const cell = this.cell.getBoundingClientRect();
    const room = this.frame.getBoundingClientRect();
    const inSight = cell.bottom > room.top && cell.top < room.bottom && cell.right > room.left && cell.left < room.right;
    element.classList.toggle("is-away", !inSight);
    const { offsetWidth: width, offsetHeight: height } = element;
    const other = document.activeElement === this.cell ? null : document.activeElement?.getBoundingClientRect();
    const below = cell.bottom + GAP;
    const isTaken = other && other.top < below + height && other.bottom > below && Math.abs(other.left - cell.left) < width;
    const isAbove = isTaken || below + height > this.foot.getBoundingClientRect().top;
    element.style.top = `${isAbove ? Math.max(0, cell.top - GAP - height) : below}px`;
    element.style.left = `${Math.max(GAP, Math.min(cell.left, innerWidth - width - GAP))}px`;
  }
}
