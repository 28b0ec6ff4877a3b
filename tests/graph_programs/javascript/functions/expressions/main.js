const named = function () {
  return helper();
};
const arrow = () => named();
let helper = () => 1;

arrow();
(function () {
  arrow();
})();
(() => helper())();
!function immediately() {
  named();
}();
