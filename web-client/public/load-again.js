/*
 * Loads the page once more when the client's own scripts were broken off on their way, as they are when a
 * cable is changed in that moment: nobody is left before an empty window. Loaded by index.html before the
 * client; written for the browsers of 2012, so that it never fails itself (src/old-browser.test.ts).
 */
(function () {
  var KEY = "diemcau-loaded-again";
  // A server that stays away is not asked for ever: not twice within this time, in ms.
  var REST_MS = 20000;
  var WAIT_MS = 1000;

  function loadAgain() {
    window.location.reload();
  }

  function onFailure(event) {
    if (!event.target || event.target.tagName !== "SCRIPT") return;
    try {
      if (Date.now() - Number(window.sessionStorage.getItem(KEY)) < REST_MS) return;
      window.sessionStorage.setItem(KEY, String(Date.now()));
    } catch (_) {
      return;
    }
    setTimeout(loadAgain, WAIT_MS);
  }

  window.addEventListener("error", onFailure, true);
})();
