/*
 * Shows the words for browsers that cannot read the client at all. Loaded by index.html before it;
 * written for the browsers of 2012, so that it runs where nothing else does. The words come from the
 * locale files when the client is built.
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
  if (canRead) return;
  document.addEventListener("DOMContentLoaded", function () {
    document.getElementById("old-browser").removeAttribute("hidden");
  });
})();
