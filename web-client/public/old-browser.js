/*
 * Shows the words for browsers that cannot read the client at all. Loaded by index.html before it;
 * written for the browsers of 2012, so that it runs where nothing else does (src/old-browser.test.ts). The
 * words come from the locale files when the client is built.
 */
(function () {
  var script = document.createElement("script");
  var canRead =
    "noModule" in script &&
    typeof Promise !== "undefined" &&
    typeof Object.hasOwn === "function" &&
    typeof structuredClone === "function" &&
    typeof CSS !== "undefined" &&
    CSS.supports("selector(:has(a))");

  function show() {
    var section = document.getElementById("old-browser");
    var styles = document.createElement("link");
    styles.rel = "stylesheet";
    styles.href = "/old-browser.css";
    document.getElementsByTagName("head")[0].appendChild(styles);
    document.getElementById("root").style.display = "none";
    // The address with everything that stands behind it: a personal link says there who comes.
    document.getElementById("old-browser-address").value = window.location.href;
    section.removeAttribute("hidden");
  }

  if (!canRead) {
    document.addEventListener("DOMContentLoaded", show);
    return;
  }
  // A browser between: it knows what is asked above, yet some file of ours is written too newly for it.
  window.addEventListener("error", function (event) {
    var isUnreadable = event.error instanceof SyntaxError;
    if (isUnreadable && document.getElementById("root").firstChild === null) show();
  });
})();
