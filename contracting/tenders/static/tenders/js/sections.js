// On a narrow screen the list of sections is folded: what one came to write or to add stands first.
if (window.matchMedia("(max-width: 52rem)").matches) document.querySelector("[data-sections]").open = false;
