// The timer of a round: it counts down while somebody speaks, then on, so that nobody is cut off.

const timer = document.querySelector("[data-timer]");
const began = Date.now();

function show() {
  const left = timer.dataset.timer - Math.floor((Date.now() - began) / 1000);
  const seconds = Math.abs(left);
  timer.textContent = `${left < 0 ? "+" : ""}${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  timer.classList.toggle("over", left < 0);
}

show();
setInterval(show, 250);
