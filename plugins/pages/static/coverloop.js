// The pages work without this file. It makes them feel at home in the frame of Airflow's UI.

const framed = window.self !== window.top;

// Light or dark as Airflow was told to be, which may differ from what the system prefers.
if (framed) {
  const airflow = window.parent.document.documentElement;
  const follow = () => {
    const dark = airflow.classList.contains("dark");
    const light = airflow.classList.contains("light");
    document.documentElement.style.colorScheme = dark ? "dark" : light ? "light" : "";
  };
  follow();
  new MutationObserver(follow).observe(airflow, { attributes: true, attributeFilter: ["class"] });
}

// The frame may not open windows, so links that lead out of Airflow are copied instead.
for (const link of document.querySelectorAll("a[data-outside]")) {
  if (!framed) continue;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    try {
      await navigator.clipboard.writeText(link.href);
      link.dataset.note = "Address copied: open it in a new tab";
    } catch {
      link.dataset.note = link.href;
    }
  });
}

// A new order is shown at once, without a press of the button.
document.querySelector(".filter select")?.addEventListener("change", (event) => event.target.form.requestSubmit());

// In the gallery a moving cover plays while its card is pointed at, or all do while the box is ticked.
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const all = document.querySelector("#play-all");
for (const video of document.querySelectorAll(".card video")) {
  const card = video.closest(".card");
  const start = () => {
    video.classList.add("playing");
    video.play().catch(() => video.classList.remove("playing"));
  };
  const stop = () => {
    if (all.checked) return;
    video.classList.remove("playing");
    video.pause();
    video.currentTime = 0;
  };
  if (!still) {
    card.addEventListener("pointerenter", start);
    card.addEventListener("pointerleave", stop);
    card.addEventListener("focusin", start);
    card.addEventListener("focusout", stop);
  }
  all.addEventListener("change", () => (all.checked ? start() : stop()));
}

// Where H.264 cannot be played an animated WebP stands in for it.
for (const video of document.querySelectorAll("video[data-webp]")) {
  const replace = () => {
    const picture = new Image(video.width, video.height);
    picture.className = "moving";
    picture.src = video.dataset.webp;
    picture.alt = "";
    video.replaceWith(picture);
  };
  if (video.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) replace();
  else video.querySelector("source").addEventListener("error", replace);
  if (still) video.pause();
}
