// What is wrong with how a page stands on its screen, as sentences. Run inside the page by `Hand.looks_right`.
() => {
  const TARGET = 43.5; // 44 px, as WCAG 2.5.5 has it, but for what rounding takes
  const found = [];
  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.textContent || element.name || "").trim();
    return `<${element.localName}${element.id ? "#" + element.id : ""}> ${words.replace(/\s+/g, " ").slice(0, 40)}`;
  };
  const isShown = (element) =>
    element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) &&
    !element.closest(".hidden-text, .skip") && element.getClientRects().length > 0;

  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) found.push(`${wide} px wider than the screen`);

  // A link in the middle of a sentence is as high as its line.
  const isInText = (element) =>
    getComputedStyle(element).display === "inline" &&
    [...element.parentElement.childNodes].some((node) => node !== element && node.textContent.trim());
  const target = (element) => {
    if (element.matches(".over")) return element.closest("li");
    return element.matches("[type=radio], [type=checkbox]") ? element.closest("label") || element : element;
  };
  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
  for (const control of controls.filter(isShown)) {
    const { width, height } = target(control).getBoundingClientRect();
    if (isInText(control)) continue;
    if (width < TARGET || height < TARGET) found.push(`${name(control)}: ${Math.round(width)} × ${Math.round(height)} px`);
  }

  for (const element of document.body.querySelectorAll("*")) {
    if (element.clientWidth <= 1 || element.closest("svg, datalist, template, input, textarea, select") || !isShown(element)) continue;
    const { overflowX, display } = getComputedStyle(element);
    const over = element.scrollWidth - element.clientWidth;
    if (over <= 1 || display === "inline" || ["auto", "scroll"].includes(overflowX)) continue;
    const hasWords = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (overflowX !== "visible" || hasWords) found.push(`${name(element)}: ${over} px of it are cut off or stick out`);
  }
  return found;
}
