// The print button of official papers.
document.getElementById("print").addEventListener("click", () => window.print());
