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
