// Sort, filter and search tables; mark the section in view. The page reads in full without it.
(function () {
  "use strict";
  document.documentElement.classList.add("ber-skrip");

  // the value of a cell: data-nilai, else its title or text; "1.234,5", "−2,0 %", "12,6 % (…" and "7 dari 12" are numbers
  function kunci(sel) {
    var v = sel.getAttribute("data-nilai");
    if (v === null) {
      v = (sel.title || sel.textContent).trim();
      var angka = /^([+−]?\d{1,3}(?:\.\d{3})*(?:,\d+)?)(?:\s%)?(?:$| \(| dari )/.exec(v);
      if (angka) v = angka[1].replace(/\./g, "").replace(",", ".").replace("−", "-");
    }
    var n = Number(v);
    return v !== "" && !Number.isNaN(n) ? n : v;
  }
  function banding(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return a.localeCompare(b, "id");
  }
  function urutkan(tabel, kolom, arah) {
    Array.prototype.forEach.call(tabel.tBodies, function (badan) {
      var baris = Array.prototype.slice.call(badan.rows);
      baris.sort(function (x, y) { return arah * banding(kunci(x.cells[kolom]), kunci(y.cells[kolom])); });
      baris.forEach(function (b) { badan.appendChild(b); });
    });
  }
  document.querySelectorAll("table.urut").forEach(function (tabel) {
    var kepala = tabel.tHead.rows[0];
    Array.prototype.forEach.call(kepala.cells, function (th, kolom) {
      if (th.hasAttribute("data-tetap")) return;
      var tombol = document.createElement("button");
      tombol.type = "button";
      tombol.className = "tombol-urut";
      while (th.firstChild) tombol.appendChild(th.firstChild);
      th.appendChild(tombol);
      tombol.addEventListener("click", function () {
        var arah = th.getAttribute("aria-sort") === "ascending" ? -1 : 1;
        Array.prototype.forEach.call(kepala.cells, function (c) { c.removeAttribute("aria-sort"); });
        th.setAttribute("aria-sort", arah === 1 ? "ascending" : "descending");
        urutkan(tabel, kolom, arah);
      });
    });
  });

  document.querySelectorAll("[data-cari]").forEach(function (wadah) {
    var sasaran = document.getElementById(wadah.getAttribute("data-cari"));
    var label = document.createElement("label");
    label.textContent = wadah.getAttribute("data-label") || "Cari";
    var kotak = document.createElement("input");
    kotak.type = "search";
    var hasil = document.createElement("span");
    hasil.setAttribute("role", "status");
    label.appendChild(kotak);
    wadah.appendChild(label);
    wadah.appendChild(hasil);
    var butir = sasaran.querySelectorAll(wadah.getAttribute("data-butir") || "tbody tr");
    kotak.addEventListener("input", function () {
      var kata = kotak.value.trim().toLocaleLowerCase("id").split(/\s+/);
      var tampak = 0;
      butir.forEach(function (b) {
        var teks = b.textContent.toLocaleLowerCase("id");
        b.hidden = !kata.every(function (k) { return teks.indexOf(k) >= 0; });
        if (!b.hidden) tampak += 1;
      });
      hasil.textContent = kotak.value ? tampak + " dari " + butir.length : "";
    });
  });

  var tautan = {};
  document.querySelectorAll(".daftar-isi a").forEach(function (a) { tautan[a.getAttribute("href").slice(1)] = a; });
  if ("IntersectionObserver" in window) {
    var pengamat = new IntersectionObserver(function (masuk) {
      masuk.forEach(function (m) {
        if (!m.isIntersecting) return;
        Object.keys(tautan).forEach(function (id) { tautan[id].removeAttribute("aria-current"); });
        tautan[m.target.id].setAttribute("aria-current", "true");
      });
    }, { rootMargin: "-10% 0px -80% 0px" });
    document.querySelectorAll("main > section[id]").forEach(function (s) { if (tautan[s.id]) pengamat.observe(s); });
  }
})();
