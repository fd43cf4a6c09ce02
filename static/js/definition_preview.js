// The preview of a draft follows the editor in another window: whoever saved there says so, and the
// frames are drawn anew.

const previews = document.querySelector("[data-draft][data-edit]");

if (previews && "BroadcastChannel" in window) {
  new BroadcastChannel("definition_draft").addEventListener("message", (event) => {
    const { draft, edit } = event.data;
    if (draft === previews.dataset.draft && edit !== previews.dataset.edit) location.reload();
  });
}
