import * as React from "react";

interface Props {
  onSave: () => void;
}
const Form: React.FC<Props> = ({ onSave }) => {
  onSave();
  return <form />;
};
class Page extends React.Component<Props> {
  render() {
    return <Form onSave={this.save} />;
  }
  save = () => {
    persist();
  };
}
function persist(): void {}

export const view = <Page onSave={persist} />;
