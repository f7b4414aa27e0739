// Elements. Titles and names come from a table that anybody may have written: they are only ever text.

/** An element with attributes and children; a string is text, null is nothing. */
function element(name, attributes = {}, ...children) {
  return furnish(document.createElement(name), attributes, children);
}

/** As `element`, for drawings. */
function drawing(name, attributes = {}, ...children) {
  return furnish(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function furnish(made, attributes, children) {
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(attribute, value === true ? '' : String(value));
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Text from the catalogue, in whatever direction its own script runs. */
function foreign(name, className, text) {
  return element(name, { class: className, dir: 'auto' }, text);
}

/** What does a thing later, and only once for calls in quick succession. */
function debounced(milliseconds, act) {
  let timer;
  const call = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), milliseconds);
  };
  call.cancel = () => clearTimeout(timer);
  return call;
}

