// Says in words why a passkey could not be used; without this the browser's refusal only reaches the console.
const fault = document.getElementById("passkey-fault");

function reason(exception) {
  if (!window.PublicKeyCredential) return fault.dataset.unsupported;
  return exception?.name === "NotAllowedError" ? fault.dataset.cancelled : fault.dataset.failed;
}

document.addEventListener("allauth.error", (event) => {
  if (!fault) return;
  event.preventDefault();
  fault.querySelector("[data-text]").textContent = reason(event.detail.exception);
  fault.hidden = false;
});
