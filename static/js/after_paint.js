// Work that what the eye waits for comes before: done once the next frames have been shown.

const OUT_OF_SIGHT = 1000; // a page that is not shown paints nothing

/** Calls *work* once, after the second frame from now. */
export function afterPaint(work) {
  let waits = true;
  const once = () => {
    if (waits) work();
    waits = false;
  };
  if (document.visibilityState === "hidden") setTimeout(once);
  else requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(once)));
  setTimeout(once, OUT_OF_SIGHT);
}
